import type { RuleTransform } from '#model';
import { validationError } from './errors.ts';
import { isRegex } from './regex.ts';
import type { TransformInput } from './service.ts';

/** The transforms of a rule, at most one of each type. Source: RuleTransform in the API reference. */
export function checkedTransforms(inputs: readonly TransformInput[] | undefined): readonly RuleTransform[] {
  const transforms = (inputs ?? []).map(({ Type, HostHeaderRewriteConfig, UrlRewriteConfig }): RuleTransform => {
    const config = Type === 'host-header-rewrite' ? HostHeaderRewriteConfig : UrlRewriteConfig;
    const rewrites = (config?.Rewrites ?? []).map(({ Regex, Replace }) => {
      if (Regex === '' || !isRegex(Regex)) throw validationError(`The regular expression '${Regex}' is not valid`);
      return { regex: Regex, replace: Replace };
    });
    if (Type !== 'host-header-rewrite' && Type !== 'url-rewrite') {
      throw validationError(`Transform type must be one of 'host-header-rewrite,url-rewrite'`);
    }
    if (rewrites.length !== 1) throw validationError(`The transform '${Type}' must have exactly one rewrite`);
    return { type: Type, rewrites };
  });
  if (new Set(transforms.map(({ type }) => type)).size < transforms.length) {
    throw validationError('Rules can have only one transform of each type');
  }
  return transforms;
}

export function presentTransform({ type, rewrites }: RuleTransform) {
  const config = { Rewrites: rewrites.map(({ regex, replace }) => ({ Regex: regex, Replace: replace })) };
  return type === 'url-rewrite'
    ? { Type: type, UrlRewriteConfig: config }
    : { Type: type, HostHeaderRewriteConfig: config };
}
