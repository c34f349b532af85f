/** Tasks of one host whose connectivity is changed in one transaction. */
export const maxTasksPerRound = 200;
