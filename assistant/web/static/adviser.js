// Loads a profile file into the form and shows how far a briefing is; without this script the form still works.
const form = document.getElementById("work");

document.getElementById("pick").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  document.getElementById("file").value = (await file.text()).slice(0, 40000);
  event.target.value = "";
  form.requestSubmit();
});

// Enter in a field means the open tab, not the first button of the form (an example that would replace everything).
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT" || event.target.type === "file") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".tabs [aria-current]"));
});

const write = document.getElementById("write");
write?.addEventListener("click", async (event) => {
  event.preventDefault();
  const bar = document.getElementById("progress");
  const stage = document.getElementById("stage");
  write.disabled = true;
  bar.hidden = false;
  try {
    const reply = await fetch("/berater/briefing", {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/event-stream" },
    });
    if (!reply.ok) throw new Error((await reply.json()).error.message);
    await follow(reply.body, (data) => {
      bar.max = data.total;
      bar.value = data.done;
      stage.textContent = data.done < data.total ? `${data.stage} … (${data.done + 1} von ${data.total})` : "wird gesetzt …";
    });
    stage.textContent = "Fertig – die Datei ist in Ihrem Download-Ordner.";
  } catch (error) {
    stage.textContent = error.message || "Das Briefing ist nicht gelungen. Bitte noch einmal.";
  } finally {
    write.disabled = false;
    bar.hidden = true;
  }
});

async function follow(body, onProgress) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += value ?? "";
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const [name, data] = event.split("\n").map((line) => line.slice(line.indexOf(":") + 2));
      const content = JSON.parse(data);
      if (name === "progress") onProgress(content);
      if (name === "error") throw new Error(content.error.message);
      if (name === "done") return save(content);
    }
    if (done) throw new Error("Die Verbindung ist abgerissen. Bitte noch einmal.");
  }
}

function save({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
