/** How often a service's load is looked at, ms. */
export const scalingLookMs = 60_000;
/** Looks in a row above the target before tasks are added. Source: "How target tracking scaling works". */
export const highLooksBeforeScaleOut = 3;
/** Looks in a row well below the target before tasks are taken away. */
export const lowLooksBeforeScaleIn = 15;
/** Well below: this part of the target. */
export const lowPart = 0.9;
/** How soon it is looked again whether the interfaces of stopped tasks are gone, ms. */
export const cleanupRetryMs = 500;
