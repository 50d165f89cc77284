"""A firm against the rules of a programme: size, numbers, places, and the sentence that states each rule.

Lives here: one programme and one firm to criteria that are met, not met or unclear.
Does not: ranking programmes, reports or pages; ``advisory`` does that.
"""
