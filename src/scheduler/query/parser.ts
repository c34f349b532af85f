import { maxNesting, maxPatternSteps } from '../limits.ts';
import { parseDateTime } from './date-time.ts';
import type { Condition, Expression, Operator, Subject } from './expression.ts';
import { Lexer, type Token } from './lexer.ts';
import { compilePattern, PatternError, type StepBudget } from './pattern.ts';
import { type QuerySyntaxError, syntaxErrorAt } from './syntax-error.ts';
import { parseVersion } from './version.ts';

type Connective = 'and' | 'or';

const connectives: Readonly<Record<string, Connective>> = { and: 'and', '&&': 'and', or: 'or', '||': 'or' };
/** `and` binds tighter. */
const bindingPower: Readonly<Record<Connective, number>> = { or: 1, and: 2 };

const spellings: Readonly<Record<string, Operator>> = {
  '==': '==',
  equals: '==',
  '!=': '!=',
  not_equals: '!=',
  '>': '>',
  greater_than: '>',
  '>=': '>=',
  greater_than_equal: '>=',
  '<': '<',
  less_than: '<',
  '<=': '<=',
  less_than_equal: '<=',
  exists: 'exists',
  not_exists: '!exists',
  in: 'in',
  not_in: '!in',
  '=~': '=~',
  matches: '=~',
  '!~': '!~',
  not_matches: '!~',
};

const equality: readonly Operator[] = ['==', '!='];
const membership: readonly Operator[] = [...equality, 'in', '!in', '=~', '!~'];
const ordering: readonly Operator[] = [...equality, '>', '>=', '<', '<='];

/** Which operators a subject knows; an attribute knows all. Source: "Cluster query language" in the ECS developer guide. */
const operatorsOf: Readonly<Record<Exclude<Subject, `attribute:${string}`>, readonly Operator[]>> = {
  agentConnected: membership,
  agentVersion: ordering,
  ec2InstanceId: membership,
  registeredAt: ordering,
  runningTasksCount: ordering,
  'task:group': membership,
};

/** Parses an expression of the cluster query language. Throws QuerySyntaxError. */
export function parseExpression(text: string): Expression {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #lexer: Lexer;
  readonly #budget: StepBudget = { steps: maxPatternSteps };

  constructor(text: string) {
    this.#text = text;
    this.#lexer = new Lexer(text);
  }

  parse(): Expression {
    const expression = this.#expression(0, 0);
    const rest = this.#lexer.peek();
    if (rest.kind !== 'end') throw this.#error(rest, `"and" or "or" is expected before "${rest.text}"`);
    return expression;
  }

  /** Reads terms for as long as their connective binds tighter than `floor`. */
  #expression(floor: number, depth: number): Expression {
    let left = this.#term(depth);
    for (;;) {
      const connective = this.#connective();
      if (connective === undefined || bindingPower[connective] <= floor) return left;
      const terms = [left];
      while (this.#connective() === connective) {
        this.#lexer.next();
        terms.push(this.#expression(bindingPower[connective], depth));
      }
      left = { type: connective, terms };
    }
  }

  #connective(): Connective | undefined {
    const token = this.#lexer.peek();
    return token.kind === 'word' || token.kind === 'symbol' ? own(connectives, token.text) : undefined;
  }

  #term(depth: number): Expression {
    const token = this.#lexer.peek();
    if (depth > maxNesting) throw this.#error(token, `nesting is deeper than ${maxNesting}`);
    if ((token.kind === 'word' && token.text === 'not') || (token.kind === 'symbol' && token.text === '!')) {
      this.#lexer.next();
      return { type: 'not', term: this.#term(depth + 1) };
    }
    if (token.kind !== 'symbol' || token.text !== '(') return this.#condition();
    this.#lexer.next();
    const inner = this.#expression(0, depth + 1);
    this.#expectSymbol(')');
    return inner;
  }

  #condition(): Condition {
    const subject = this.#subject();
    const at = this.#lexer.peek();
    const operator = this.#operator();
    const known = subject.startsWith('attribute:') || own(operatorsOf, subject)?.includes(operator) === true;
    if (!known) throw this.#error(at, `${subject} does not know the operator "${operator}"`);
    return { type: 'condition', subject, operator, values: this.#values(subject, operator) };
  }

  #subject(): Subject {
    const token = this.#lexer.next();
    const named = token.text.startsWith('attribute:') && token.text.length > 'attribute:'.length;
    if (token.kind === 'word' && (named || own(operatorsOf, token.text) !== undefined)) return token.text as Subject;
    throw this.#error(token, token.kind === 'end' ? 'a subject is expected' : `"${token.text}" is no subject`);
  }

  #operator(): Operator {
    const token = this.#lexer.next();
    const negated = token.kind === 'symbol' && token.text === '!';
    if (negated) {
      const word = this.#lexer.next();
      if (word.kind === 'word' && (word.text === 'in' || word.text === 'exists')) return `!${word.text}`;
    }
    const operator = token.kind === 'quoted' ? undefined : own(spellings, token.text);
    if (operator !== undefined) return operator;
    throw this.#error(token, token.kind === 'end' ? 'an operator is expected' : `"${token.text}" is no operator`);
  }

  #values(subject: Subject, operator: Operator): readonly string[] {
    if (operator === 'exists' || operator === '!exists') return [];
    if (operator === 'in' || operator === '!in') return this.#list();
    return [operator === '=~' || operator === '!~' ? this.#pattern() : this.#comparand(subject)];
  }

  #list(): readonly string[] {
    this.#expectSymbol('[');
    const values = [this.#literal().text];
    while (this.#lexer.peek().kind === 'symbol' && this.#lexer.peek().text === ',') {
      this.#lexer.next();
      values.push(this.#literal().text);
    }
    this.#expectSymbol(']');
    return values;
  }

  #pattern(): string {
    const token = this.#lexer.nextPattern();
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.#error(token, 'a pattern is expected');
    try {
      compilePattern(token.text, this.#budget);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const start = token.kind === 'quoted' ? token.start + 1 : token.start;
      throw syntaxErrorAt(this.#text, start + error.index, error.message);
    }
    return token.text;
  }

  #comparand(subject: Subject): string {
    const token = this.#literal();
    if (subject === 'agentVersion' && parseVersion(token.text) === undefined) {
      throw this.#error(token, `"${token.text}" is no version, such as 1.14.5`);
    }
    if (subject === 'registeredAt' && parseDateTime(token.text) === undefined) {
      throw this.#error(token, `"${token.text}" is no date, such as 2018-06-18 or 2018-06-18T22:28:28+00:00`);
    }
    if (subject === 'runningTasksCount' && !/^\d+$/.test(token.text)) {
      throw this.#error(token, `"${token.text}" is no number`);
    }
    return token.text;
  }

  #literal(): Token {
    const token = this.#lexer.next();
    if (token.kind === 'word' || token.kind === 'quoted') return token;
    throw this.#error(token, 'a value is expected');
  }

  #expectSymbol(symbol: string): void {
    const token = this.#lexer.next();
    if (token.kind !== 'symbol' || token.text !== symbol) throw this.#error(token, `"${symbol}" is expected`);
  }

  #error(token: Token, message: string): QuerySyntaxError {
    return syntaxErrorAt(this.#text, token.start, message);
  }
}

/** The entry of a table, and never one that every object inherits. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
