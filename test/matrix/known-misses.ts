/** What the analysis does not see yet, as `shape / direction` or `rule / shape / direction`, each with the reason. A miss that is found fails its test. */
export const KNOWN_MISSES: Readonly<Record<string, string>> = {
  "callback / through": "Whom a function calls that it was handed is not known in its summary.",
  "callback / into": "Whom a function calls that it was handed is not known in its summary.",
  "sensitive-logging / two helpers / into":
    "In a program that has nothing to do with a model, a function whose own text speaks of no log is looked at only where one that does calls it.",
};
