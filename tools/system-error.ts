/** Explains errors of the operating system to a person: which file, why, and what to do. */

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full. Free some room',
  EDQUOT: 'the disk quota is used up. Free some room, or have it raised',
  EROFS: 'its file system is read-only. Make it writable',
  EACCES: 'this user may not. Change its owner or mode',
  EPERM: 'this user may not. Change its owner or mode',
  EEXIST: 'a file of that name is there. Correct the path',
  ENAMETOOLONG: 'its name is too long. Correct the path',
  ELOOP: 'its symbolic links lead in a circle. Correct the path',
  ENOTDIR: 'a part of the path is a file, not a folder. Correct the path',
  EMFILE: 'this process has too many files open. Raise its limit (ulimit -n)',
  ENFILE: 'the machine has too many files open. Raise its limit (fs.file-max)',
  EIO: 'its disk fails (I/O error). Look into the system log',
};

const VERBS: Readonly<Record<string, string>> = {
  open: 'opened',
  mkdir: 'created',
  write: 'written',
  rename: 'renamed',
};

/** One sentence for an error that the user can correct. Undefined for any other error. */
export function explainSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', path, syscall = '' } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  if (reason === undefined) return undefined;
  return `${path ?? 'A file'} could not be ${VERBS[syscall] ?? 'used'}: ${reason}, or choose another data folder with LONGSHORE_DATA (${code}).`;
}
