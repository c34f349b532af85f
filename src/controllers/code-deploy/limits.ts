/** How long a replacement may take to be steady, ms. Source: the error that CodeDeploy ends with. */
export const installLimitMs = 60 * 60_000;

/** How often to ask whether the hosts have heard of a listener's rules, ms. */
export const trafficPollMs = 1_000;

/** How often to ask for alarms, ms. */
export const alarmPollMs = 5_000;
