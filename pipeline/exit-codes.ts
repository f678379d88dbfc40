/** How a command ended, for what goes on from there. 0: it is done. */

/** The job failed. */
export const EXIT_FAILED = 1;
/** Wrong arguments or files: a user's mistake. */
export const EXIT_USER_ERROR = 2;
/** There is no plan, so that `plan … && deploy` does not deploy. */
export const EXIT_INFEASIBLE = 3;
/** A sweep that measures until something is known does not: its budget or its design's trials would not tell. */
export const EXIT_UNDECIDED = 4;
/** Ctrl-C; the same command goes on where that makes sense. */
export const EXIT_INTERRUPTED = 130;
