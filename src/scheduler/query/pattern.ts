import { type CharTest, wordChar } from './char-tests.ts';
import { type Edge, PatternError, type PatternNode, parsePattern } from './pattern-syntax.ts';

export { PatternError };

/** Steps still allowed; compiling a pattern takes from it. */
export interface StepBudget {
  steps: number;
}

/** A compiled pattern. It must match the whole value; matching takes time linear in the value, whatever the pattern. */
export interface Pattern {
  matches(value: string): boolean;
}

/** One instruction: `fork` goes on at both places, `char` consumes a character, an empty one goes to the next. */
type Step =
  | { readonly type: 'char'; readonly test: CharTest }
  | { readonly type: 'edge'; readonly edge: Edge }
  | { readonly type: 'fork'; first: number; second: number };

/** Compiles a pattern (see `pattern-syntax.ts` for what it may hold). Throws PatternError. */
export function compilePattern(pattern: string, budget: StepBudget): Pattern {
  const compiler = new Compiler(budget, pattern.length);
  compiler.emit(parsePattern(pattern));
  const steps = compiler.steps;
  return { matches: (value) => run(steps, value) };
}

class Compiler {
  readonly steps: Step[] = [];
  readonly #budget: StepBudget;
  readonly #patternLength: number;

  constructor(budget: StepBudget, patternLength: number) {
    this.#budget = budget;
    this.#patternLength = patternLength;
  }

  emit(node: PatternNode): void {
    switch (node.type) {
      case 'char':
      case 'edge':
        this.#push(node);
        return;
      case 'sequence':
        for (const part of node.nodes) this.emit(part);
        return;
      case 'choice':
        this.#choice(node.nodes);
        return;
      case 'repeat':
        this.#repeat(node.node, node.min, node.max);
    }
  }

  #choice(nodes: readonly PatternNode[]): void {
    const exits: (Step & { type: 'fork' })[] = [];
    for (const [index, node] of nodes.entries()) {
      const last = index === nodes.length - 1;
      const fork = last ? undefined : this.#fork();
      this.emit(node);
      if (fork === undefined) continue;
      exits.push(this.#fork());
      fork.second = this.steps.length;
    }
    for (const exit of exits) {
      exit.first = this.steps.length;
      exit.second = this.steps.length;
    }
  }

  #repeat(node: PatternNode, min: number, max: number): void {
    for (let copy = 0; copy < min; copy++) {
      const length = this.steps.length;
      this.emit(node);
      // A copy of nothing takes time too, and must be paid for.
      if (this.steps.length === length) this.#spend();
    }
    if (max === Infinity) {
      const loop = this.#fork();
      const start = this.steps.length - 1;
      this.emit(node);
      const back = this.#fork();
      back.first = start;
      back.second = start;
      loop.second = this.steps.length;
      return;
    }
    const forks: (Step & { type: 'fork' })[] = [];
    for (let copy = min; copy < max; copy++) {
      forks.push(this.#fork());
      this.emit(node);
    }
    for (const fork of forks) fork.second = this.steps.length;
  }

  /** A fork to the step after it; its second way is set by the caller. */
  #fork(): Step & { type: 'fork' } {
    const next = this.steps.length + 1;
    const fork: Step & { type: 'fork' } = { type: 'fork', first: next, second: next };
    this.#push(fork);
    return fork;
  }

  #push(step: Step): void {
    this.#spend();
    this.steps.push(step);
  }

  #spend(): void {
    this.#budget.steps--;
    if (this.#budget.steps < 0) throw new PatternError('the patterns are too large', this.#patternLength);
  }
}

/** Follows every way at once, one character at a time: at most steps × characters moves. */
function run(steps: readonly Step[], value: string): boolean {
  const codes = Array.from(value, (char) => char.codePointAt(0) ?? 0);
  const seenAt = new Int32Array(steps.length + 1).fill(-1);
  let current = reach([0], steps, codes, 0, seenAt);
  for (let position = 0; position < codes.length && current.length > 0; position++) {
    const code = codes[position] ?? 0;
    const next: number[] = [];
    for (const at of current) {
      const step = steps[at];
      if (step?.type === 'char' && step.test(code)) next.push(at + 1);
    }
    current = reach(next, steps, codes, position + 1, seenAt);
  }
  return current.includes(steps.length);
}

/** Every `char` step, and the end, that can be reached from `starts` without consuming anything. */
function reach(
  starts: readonly number[],
  steps: readonly Step[],
  codes: readonly number[],
  position: number,
  seenAt: Int32Array,
): readonly number[] {
  const pending = [...starts];
  const reached: number[] = [];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seenAt[at] === position) continue;
    seenAt[at] = position;
    const step = steps[at];
    if (step === undefined || step.type === 'char') reached.push(at);
    else if (step.type === 'fork') pending.push(step.first, step.second);
    else if (holds(step.edge, codes, position)) pending.push(at + 1);
  }
  return reached;
}

function holds(edge: Edge, codes: readonly number[], position: number): boolean {
  if (edge === 'start') return position === 0;
  if (edge === 'end') return position === codes.length;
  const before = position > 0 && wordChar(codes[position - 1] ?? 0);
  const after = position < codes.length && wordChar(codes[position] ?? 0);
  return (before !== after) === (edge === 'boundary');
}
