/** Limits of the API as a whole, with unit and reason. */
export const limits = {
  /** Records whose look is kept: some 5 KiB each with its JSON, and more than callers that wait watch at a time. */
  shownRecords: 4096,
} as const;
