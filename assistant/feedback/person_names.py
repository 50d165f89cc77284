"""Given and family names that are common in Germany; they are hidden however they are written.

No list is complete: it only catches what dictionaries take for words ("peter", "koch"). Names that are adjectives
("klein", "lang") are left out; they are hidden beside another name.
"""

from __future__ import annotations

GIVEN = frozenset(
    """achim adam agnes ahmed ahmet alex alexander alexandra ali alina alois amelie amir andrea andreas andrej anette
    angela angelika anja anke anna anne annette annika anton antonia arne arthur astrid axel ayse ayşe barbara
    bastian beate ben benedikt benjamin bernd bernhard bettina birgit birgül bjarne björn boris brigitte britta
    bruno burak carla carmen carolin caroline carsten charlotte chiara christa christian christiane christina
    christine christoph christopher clara claudia clemens conny corinna cornelia daniel daniela david denis dennis
    detlef dieter dirk dmitri dominik doris dorothea eberhard eckhard edgar edith ekaterina elena elias elif
    elisabeth elke ella ellen elsa emil emily emine emma emre enrico eric erich erik erika ernst erwin esra eugen
    eva evelyn fabian fatih fatima fatma felix ferdinand finn florian frank franz franziska frauke frieda
    friederike friedrich fritz gabi gabriele georg gerald gerd gerda gerhard gert gertrud gisela gottfried gregor
    gudrun guido gustav günter günther hakan hanna hannah hannelore hannes hans harald hartmut hasan hassan heide
    heidi heike heiko heiner heinrich heinz helena helga helge helmut henning henrik henry herbert hermann hilde
    holger horst hubert hüseyin ibrahim ilse ina ines inge ingeborg ingo ingrid irene irina iris isabel isabell
    isabelle ismail ivan jakob james jan jana jane janina janine jannik jasmin jens jessica joachim jochen joel
    johann johanna johannes john jonas jonathan josef joseph judith julia julian juliane justin jutta jörg jürgen
    kai karin karl karla karsten katarina katharina kathrin katja katrin kemal kerstin kevin kim klara klaus knut
    konrad kristin kristina kurt lars laura lea lena lennart leon leonie lina linda lisa lothar louis louisa luca
    lucas ludwig luis luise luka lukas lutz lydia magdalena maik maja malte mandy manfred manuel manuela marc
    marcel marco marcus margarete margit maria marianne marie marina mario marion markus marlene martha martin
    martina marvin matteo matthias maurice max maximilian mehmet meike melanie merle michael michaela michelle
    mila miriam mohamed mohammed monika moritz murat mustafa nadine nadja natalie natascha nele nico nicolas
    nicole nils nina noah norbert olaf olga oliver oskar osman otto patricia patrick paul paula pauline peter
    petra philipp pia rainer ralf ralph ramona raphael rebecca regina reiner reinhard renate rene rené ricarda
    richard rita robert robin roland rolf roman ronald rosemarie rudi rudolf ruth rüdiger sabine sabrina samuel
    sandra sara sarah sascha sebastian selin sergej siegfried silke silvia simon simone sina sofia sofie sonja
    sophia sophie stefan stefanie steffen stella stephan stephanie susanne susi sven svenja svetlana sylvia tanja
    tatjana thea theo theresa thilo thomas thorsten till tilo tim timo tina tobias tom torben torsten udo ulf uli
    ulla ulrich ulrike ursula ute uwe valentin valentina vanessa vera verena veronika viktor viktoria vincent
    volker waldemar walter waltraud wanda werner wilfried wilhelm willi wladimir wolf wolfgang xaver yannick
    yasemin yusuf yvonne zeynep""".split()
)
FAMILY = frozenset(
    """albrecht arnold aydin barth bauer baumann bayer beck becker behrens berger bergmann brandt busch böhm demir
    dietrich doe ebert engel ernst fischer frank franke friedrich fuchs funk graf groß günther haas hahn hansen
    hartmann heinrich heinze herrmann hoffmann hofmann horn huber jansen jung jäger kaiser kaya keller kluge koch
    kowalski kraus krause krämer krüger kuhn köhler könig kühn lehmann lorenz ludwig maier martin maurer mayer
    meier meyer miller möller müller nguyen novak nowak otto peters petrow pfeiffer pohl richter roth sahin sauer
    schmid schmidt schmitt schmitz schneider scholz schreiber schröder schubert schulte schulz schulze schumacher
    schuster schwarz schäfer seidel simon smith sommer stein thomas vogel vogt voigt wagner walter weber weiß
    werner winkler wolff yildiz yilmaz yıldız yılmaz ziegler zimmermann çelik öztürk şahin""".split()
) - {"groß", "jung", "schwarz", "weiß", "stein", "horn", "funk", "graf", "sommer", "keller", "engel", "busch", "könig"}
