/** Tasks registered in one transaction; the others at once in the next. */
export const tasksPerRound = 100;
