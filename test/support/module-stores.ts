/** Python modules whose names are filled by functions of others. */

/** A class that all share. */
export const events = `class Events:
    log = []

    @classmethod
    def add(cls, text):
        cls.log.append(text)

    @staticmethod
    def put(text):
        Events.log.append(text)

    @classmethod
    def all(cls):
        return cls.log
`;

/** A dictionary, and functions that put into it what they are handed. */
export const helpers = `jobs = {}


def report(key, text):
    jobs[key] = {"error": text}


def merge(key, **kw):
    jobs.setdefault(key, {}).update(kw)


def indirectly(key, text):
    report(key, text)
`;
