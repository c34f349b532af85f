/** Limits of what hosts are told beside their tasks, each with its unit and reason. */

/** A message is closed once it has so many characters, so that one agent's state holds nobody up. */
export const hostStateMessageCharacters = 512 * 1024;

/** Documents compiled in one go, between which others have their turn. */
export const documentsPerTurn = 200;

/** Reports read from one message of an agent. */
export const reportsPerMessage = 20_000;

/** After the store refused to be read, ms. */
export const compileAgainMs = 1_000;
