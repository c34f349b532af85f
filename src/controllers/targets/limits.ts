/** Tasks registered in one transaction; the others at once in the next. */
export const tasksPerRound = 100;
/** Lines of a service's event stream that are kept. Source: DescribeServices. */
export const maxEventsPerService = 100;
