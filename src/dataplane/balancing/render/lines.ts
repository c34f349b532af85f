/** Where a line of the configuration comes from: who is to blame when HAProxy refuses it. */
export interface LineOrigin {
  readonly listenerArn: string;
  readonly ruleArn?: string;
}

export interface ConfigurationLine {
  readonly text: string;
  readonly origin?: LineOrigin;
}

export function ownLines(texts: readonly string[], origin?: LineOrigin): readonly ConfigurationLine[] {
  return texts.map((text) => (origin === undefined ? { text } : { text, origin }));
}
