"""What visitors agreed to leave: ratings and words of unanswered questions, masked, for a limited time.

Lives here: recording, masking, deleting, and the report of gaps for editors.
Does not: routes and notices (``web``), profiles and reports (``advisory``).
"""
