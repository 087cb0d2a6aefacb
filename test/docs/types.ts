import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Block, root } from './blocks.ts';

/** What the compiler says about blocks of TypeScript, each as a module of its own, with the options of this package. */
export function typeProblems(blocks: readonly Block[]): string[] {
  const path = (name: string) => fileURLToPath(new URL(name, root));
  const { config } = ts.readConfigFile(path('tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path('.'));
  Object.assign(options, { noEmit: true, incremental: false, tsBuildInfoFile: undefined });
  const texts = new Map(blocks.map((block, i) => [path(`test/docs/block-${i}.ts`), block]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.getSourceFile = (name, target, ...rest) => {
    const block = texts.get(name);
    return block ? ts.createSourceFile(name, block.code, target) : getSourceFile(name, target, ...rest);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts].flatMap(([name, block]) => {
    const file = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText, start = 0 }) => {
      const line = block.line + 1 + block.code.slice(0, start).split('\n').length - 1;
      return `${block.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}
