/** Errors that a user can cause; the message is one sentence that says what is wrong, where, and what to do. */

/** What the user asked for cannot be done: wrong path, wrong option value, unreadable settings. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reason of a failed file system call, in words. */
export function ioReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
      return "it does not exist";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "a part of its path is not a folder";
    case "ELOOP":
      return "its symbolic links form a loop";
    case "ENOSPC":
      return "the disk is full";
    case "EROFS":
      return "the file system is read-only";
    case "ENAMETOOLONG":
      return "its name is too long";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open";
    default:
      return error instanceof Error ? (error.message.split("\n")[0] ?? "unknown error") : String(error);
  }
}
