import { unreachable } from '#base';
import { parseCidr, type RuleCondition } from '#model';
import { invalidConfiguration, validationError } from './errors.ts';
import { limits } from './limits.ts';
import { isRegex } from './regex.ts';
import type { ConditionInput } from './service.ts';

type Field = RuleCondition['field'];

/** Fields whose values are given in `Values` by old clients. */
const plainFields: readonly string[] = ['host-header', 'path-pattern'];

/** The conditions of a rule. Source: RuleCondition in the API reference. */
export function checkedConditions(inputs: readonly ConditionInput[] | undefined): readonly RuleCondition[] {
  if (inputs === undefined || inputs.length === 0) throw validationError('A condition must be specified');
  const conditions = inputs.map(checkedCondition);
  for (const field of ['host-header', 'path-pattern', 'http-request-method', 'source-ip'] as const) {
    const count = conditions.filter((each) => each.field === field).length;
    if (count > 1) throw invalidConfiguration(`Rules can have only one '${field}' condition`);
  }
  const values = conditions.reduce((sum, each) => sum + each.values.length, 0);
  if (values > limits.conditionValuesPerRule) {
    throw validationError(`Rules can have at most ${limits.conditionValuesPerRule} condition values`);
  }
  return conditions;
}

function checkedCondition(input: ConditionInput): RuleCondition {
  const field = fieldOf(input);
  switch (field) {
    case 'host-header':
    case 'path-pattern': {
      const config = field === 'host-header' ? input.HostHeaderConfig : input.PathPatternConfig;
      const regex = config?.RegexValues;
      if (regex !== undefined && regex.length > 0) {
        return { field, values: regexes(regex, field), regex: true };
      }
      const values = nonEmpty(config?.Values ?? input.Values, field);
      for (const value of values) checkPlain(value, field);
      return { field, values };
    }
    case 'http-header': {
      const { HttpHeaderName: name = '', Values, RegexValues } = input.HttpHeaderConfig ?? {};
      if (!/^[-!#$%&'*+.^_`|~A-Za-z0-9]{1,40}$/.test(name)) {
        throw validationError(`The HTTP header name '${name}' is not valid`);
      }
      if (/^host$/i.test(name)) throw validationError("Use a 'host-header' condition for the host header");
      if (RegexValues !== undefined && RegexValues.length > 0) {
        return { field, name, values: regexes(RegexValues, field), regex: true };
      }
      return { field, name, values: limited(nonEmpty(Values, field), field) };
    }
    case 'http-request-method': {
      const values = nonEmpty(input.HttpRequestMethodConfig?.Values, field);
      for (const value of values) {
        if (!/^[A-Z_-]{1,40}$/.test(value)) throw validationError(`The HTTP request method '${value}' is not valid`);
      }
      return { field, values };
    }
    case 'query-string': {
      const pairs = (input.QueryStringConfig?.Values ?? []).map(({ Key, Value = '' }) => ({
        ...(Key === undefined || Key === '' ? {} : { key: Key }),
        value: Value,
      }));
      if (pairs.length === 0) throw validationError(`The condition '${field}' must have at least one value`);
      limited(
        pairs.flatMap(({ key = '', value }) => [key, value]),
        field,
      );
      return { field, values: pairs };
    }
    case 'source-ip': {
      const values = nonEmpty(input.SourceIpConfig?.Values, field);
      for (const value of values) {
        if (parseCidr(value) === undefined) throw validationError(`The source IP '${value}' is not a valid CIDR block`);
      }
      return { field, values };
    }
    default:
      return unreachable(field);
  }
}

/** By name, or by the configuration that is there. */
function fieldOf(input: ConditionInput): Field {
  const configured: readonly (readonly [Field, unknown])[] = [
    ['host-header', input.HostHeaderConfig],
    ['path-pattern', input.PathPatternConfig],
    ['http-header', input.HttpHeaderConfig],
    ['http-request-method', input.HttpRequestMethodConfig],
    ['query-string', input.QueryStringConfig],
    ['source-ip', input.SourceIpConfig],
  ];
  const found = configured.filter(([, config]) => config !== undefined).map(([field]) => field);
  if (found.length > 1) throw validationError('A condition can have only one configuration');
  const named = configured.find(([field]) => field === input.Field)?.[0];
  if (input.Field !== undefined && named === undefined) {
    throw validationError(
      `Condition field '${input.Field}' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'`,
    );
  }
  const [field = named] = found;
  if (field === undefined) throw validationError('A condition field must be specified');
  if (named !== undefined && named !== field) {
    throw validationError(`The condition field '${named}' does not match its configuration`);
  }
  const hasOwn = found.length === 1;
  if (hasOwn && (input.Values?.length ?? 0) > 0) {
    throw validationError('A condition can have values or a configuration, not both');
  }
  if (!hasOwn && !plainFields.includes(field)) {
    throw validationError(`The condition '${field}' must have a configuration`);
  }
  return field;
}

function nonEmpty(values: readonly string[] | undefined, field: Field): readonly string[] {
  if (values === undefined || values.length === 0 || values.some((value) => value === '')) {
    throw validationError(`The condition '${field}' must have at least one value, and no empty one`);
  }
  return values;
}

function limited(values: readonly string[], field: Field): readonly string[] {
  for (const value of values) {
    if (value.length > 128)
      throw validationError(`The values of a '${field}' condition can have at most 128 characters`);
  }
  return values;
}

function checkPlain(value: string, field: 'host-header' | 'path-pattern'): void {
  limited([value], field);
  const fits = field === 'host-header' ? /^[A-Za-z0-9.*?_-]+$/ : /^[A-Za-z0-9_.$/~"'@:+&()!,;=%*?-]+$/;
  if (!fits.test(value))
    throw validationError(`The value '${value}' of a '${field}' condition has characters that are not allowed`);
  if (field === 'host-header' && !value.includes('.') && !value.includes('*')) {
    throw validationError(`The host name '${value}' must have at least one dot`);
  }
}

function regexes(values: readonly string[], field: Field): readonly string[] {
  for (const value of limited(values, field)) {
    if (!isRegex(value)) throw validationError(`The regular expression '${value}' is not valid`);
  }
  return values;
}

/** As the API shows it: values of old fields twice, as AWS does. */
export function presentCondition(condition: RuleCondition) {
  const { field } = condition;
  switch (condition.field) {
    case 'host-header':
    case 'path-pattern': {
      const values = [...condition.values];
      const config = condition.regex === true ? { RegexValues: values } : { Values: values };
      const shown = condition.regex === true ? {} : { Values: values };
      return condition.field === 'host-header'
        ? { Field: field, ...shown, HostHeaderConfig: config }
        : { Field: field, ...shown, PathPatternConfig: config };
    }
    case 'http-header': {
      const values = condition.regex === true ? { RegexValues: condition.values } : { Values: condition.values };
      return { Field: field, HttpHeaderConfig: { HttpHeaderName: condition.name, ...values } };
    }
    case 'http-request-method':
      return { Field: field, HttpRequestMethodConfig: { Values: condition.values } };
    case 'source-ip':
      return { Field: field, SourceIpConfig: { Values: condition.values } };
    case 'query-string': {
      const Values = condition.values.map(({ key, value }) => ({
        ...(key === undefined ? {} : { Key: key }),
        Value: value,
      }));
      return { Field: field, QueryStringConfig: { Values } };
    }
    default:
      return unreachable(condition);
  }
}
