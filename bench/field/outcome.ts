/** How a command ended. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The stack of an exception that nobody caught. */
  readonly loose?: string;
  /** Why there is no status: a signal, or the time limit. */
  readonly ended?: string;
}

/** What a stack trace and the messages of the libraries beneath look like. */
const TRACE = /^\s+at .*[:(]\d+|node:internal|\bError: |Invalid Input Error|Conversion Error|Binder Error|file:\/\//m;
const STATUSES = [0, 1, 2, 3];
/** A line that nobody reads to its end. */
const MOST_LENGTH = 900;
/** What commands say of their progress and of the machine. */
const ALONGSIDE = /^(?:note|machine|caution): |^\d+\/\d+ |^resuming: |^dropped |more trials? |^how fast the machine is/;

/** Whether a text has a stack trace in it, or what libraries beneath say. */
export function hasTrace(text: string): boolean {
  return TRACE.test(text);
}

/** What is wrong with how a command ended, whatever it was given; undefined where nothing is. */
export function wrongWith({ status, stdout, stderr, loose, ended }: Outcome): string | undefined {
  if (ended !== undefined) return ended;
  if (loose !== undefined) return `an exception that nobody caught: ${loose}`;
  if (!STATUSES.includes(status)) return `status ${status}`;
  const all = `${stdout}\n${stderr}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(all)) return "a control character";
  const trace = TRACE.exec(stderr);
  if (trace !== null) return `a stack trace or a library's words: ${trace[0].trim()}`;
  if (all.split("\n").some(({ length }) => length > MOST_LENGTH))
    return `a line of more than ${MOST_LENGTH} characters`;
  const said = stderr.split("\n").filter((line) => line !== "" && !ALONGSIDE.test(line));
  const strange = said.find((line) => !line.startsWith("batchwise: "));
  if (strange !== undefined) return `a line that is not the command's: ${strange}`;
  if (said.length > 1) return `${said.length} lines where one would do`;
  if (status === 0) return said.length === 0 ? undefined : "a failure with status 0";
  return said.length === 0 && stdout.trim() === "" ? `status ${status} without a word` : undefined;
}
