import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type GateResult, isGenerated, projectFiles, readSources, type SourceFile } from './sources.ts';

const limits = { warnLines: 400, failLines: 600, lineLength: 120, readmeLines: 60 } as const;

/** Words that have no place in the project, with the reason. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\b(FIXME|XXX|HACK)\b/, 'leftover marker'],
  [/\bTODO\b/, 'leftover marker: finish it or say it in docs/roadmap.md'],
  [/Not implemented yet/, 'what a linter writes into a switch: say what happens in that case'],
  [/(^|[\s"'`(])\/(work|root)\//, 'a path of one machine'],
  [/registry\.npmjs|deb\.debian|pypi\.org|artifactory/i, 'a registry host name'],
  [/\b(LLM|chatgpt|copilot-generated|AI-generated)\b/i, 'a word that is not about the project'],
];

const vagueNames = /^(util|utils|common|helper|helpers|manager|handler|misc|data)\.ts$/;

/** Folders that need a README: every folder of src that holds modules, at most four deep. */
function checkReadmes(files: readonly SourceFile[]): string[] {
  const folders = new Set(files.filter((file) => /^src\/.*\.ts$/.test(file.path)).map((file) => dirname(file.path)));
  const top = [...folders].map((folder) =>
    folder
      .split('/')
      .slice(
        0,
        folder.startsWith('src/wire') ||
          folder.startsWith('src/api') ||
          folder.startsWith('src/controllers') ||
          folder.startsWith('src/dataplane')
          ? 3
          : 2,
      )
      .join('/'),
  );
  return [...new Set(top)]
    .filter((folder) => folder !== 'src' && !existsSync(`${folder}/README.md`))
    .map((folder) => `${folder}: has no README.md saying what it is for`);
}

function checkSource(file: SourceFile): { problems: string[]; warnings: string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  const lines = file.text.split('\n');
  if (lines.length > limits.failLines)
    problems.push(`${file.path}: ${lines.length} lines; split it by reason to change (limit ${limits.failLines})`);
  else if (lines.length > limits.warnLines) warnings.push(`${file.path}: ${lines.length} lines (aim for 200)`);
  if (vagueNames.test(basename(file.path))) problems.push(`${file.path}: a name that says nothing`);
  if (/^src\/.*\/index\.ts$/.test(file.path) && /^export \*/m.test(file.text))
    problems.push(`${file.path}: a face names what it shows; no export *`);
  if (file.path.startsWith('src/') && /^(export )?(const )?enum |^namespace /m.test(file.text))
    problems.push(`${file.path}: enums and namespaces are not erasable`);
  return { problems, warnings };
}

function checkWords(file: SourceFile): string[] {
  if (file.path.startsWith('tools/gate/')) return [];
  const problems: string[] = [];
  file.text.split('\n').forEach((line, index) => {
    for (const [pattern, why] of banned)
      if (pattern.test(line)) problems.push(`${file.path}:${index + 1}: ${why}: ${line.trim().slice(0, 100)}`);
  });
  return problems;
}

/** Sizes, names, words and READMEs of the whole checkout. */
export function checkTidy(): GateResult {
  const paths = projectFiles().filter(
    (path) => /\.(ts|md|json|sh|yml|yaml)$|^roadstead$|^\.ci\/run$/.test(path) && path !== 'package-lock.json',
  );
  const files = readSources(paths).filter((file) => !isGenerated(file));
  const sources = files.filter((file) => file.path.endsWith('.ts'));
  const checked = sources.map(checkSource);
  const readmes = files.filter(
    (file) => /^src\/.*README\.md$/.test(file.path) && file.text.split('\n').length > limits.readmeLines + 1,
  );
  return {
    seen: files.length,
    atLeast: 150,
    problems: [
      ...checked.flatMap((each) => each.problems),
      ...files.flatMap(checkWords),
      ...checkReadmes(files),
      ...readmes.map((file) => `${file.path}: longer than ${limits.readmeLines} lines`),
    ],
    warnings: checked.flatMap((each) => each.warnings),
  };
}
