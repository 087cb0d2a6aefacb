import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const entry = `${root}types/guest/index.d.ts`;

const options: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  types: [],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  paths: { 'isolet/guest': [entry] },
  // The language's own are checked by others.
  skipDefaultLibCheck: true,
};

/** Read once, since they are the same for every program. */
const files = new Map<string, ts.SourceFile | undefined>();

/** A program of one file, written by an author of functions, and the types of guests. */
export function programOf(source: string): { program: ts.Program; file: ts.SourceFile } {
  const name = `${root}function.ts`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (path, ...rest) => {
    if (path === name) return ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true);
    if (!files.has(path)) files.set(path, getSourceFile.call(host, path, ...rest));
    return files.get(path);
  };
  host.fileExists = (path) => path === name || fileExists.call(host, path);
  const program = ts.createProgram([name], options, host);
  return { program, file: program.getSourceFile(name) as ts.SourceFile };
}

/** What the compiler has to say about it, with the lines. */
export function problemsOf(source: string): string[] {
  const { program } = programOf(source);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const at = file ? `${file.fileName.slice(root.length)}:${file.getLineAndCharacterOfPosition(start).line + 1}` : '';
    return `${at} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
