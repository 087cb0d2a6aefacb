declare namespace WebAssembly {
  type ImportExportKind = 'function' | 'global' | 'memory' | 'table' | 'tag';
  type ValueType = 'anyfunc' | 'externref' | 'f32' | 'f64' | 'i32' | 'i64' | 'v128';
  type ImportValue = Function | Global | Memory | Table | number | bigint;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exports = Record<string, Function | Global | Memory | Table>;
  interface WebAssemblyInstantiatedSource {
    instance: Instance;
    module: Module;
  }

  interface Module {}
  var Module: {
    prototype: Module;
    new (bytes: BufferSource): Module;
    customSections(module: Module, name: string): ArrayBuffer[];
    exports(module: Module): { kind: ImportExportKind; name: string }[];
    imports(module: Module): { kind: ImportExportKind; module: string; name: string }[];
  };

  interface Instance {
    readonly exports: Exports;
  }
  var Instance: { prototype: Instance; new (module: Module, imports?: Imports): Instance };

  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  var Memory: {
    prototype: Memory;
    new (descriptor: { initial: number; maximum?: number; shared?: boolean }): Memory;
  };

  interface Table {
    readonly length: number;
    get(index: number): any;
    grow(delta: number, value?: any): number;
    set(index: number, value?: any): void;
  }
  var Table: {
    prototype: Table;
    new (descriptor: { element: 'anyfunc' | 'externref'; initial: number; maximum?: number }, value?: any): Table;
  };

  interface Global {
    value: any;
    valueOf(): any;
  }
  var Global: { prototype: Global; new (descriptor: { value: ValueType; mutable?: boolean }, value?: any): Global };

  interface CompileError extends Error {}
  var CompileError: { prototype: CompileError; new (message?: string, options?: ErrorOptions): CompileError };
  interface LinkError extends Error {}
  var LinkError: { prototype: LinkError; new (message?: string, options?: ErrorOptions): LinkError };
  interface RuntimeError extends Error {}
  var RuntimeError: { prototype: RuntimeError; new (message?: string, options?: ErrorOptions): RuntimeError };

  function compile(bytes: BufferSource): Promise<Module>;
  function instantiate(bytes: BufferSource, imports?: Imports): Promise<WebAssemblyInstantiatedSource>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: BufferSource): boolean;
  function compileStreaming(source: Response | PromiseLike<Response>): Promise<Module>;
  function instantiateStreaming(
    source: Response | PromiseLike<Response>,
    imports?: Imports,
  ): Promise<WebAssemblyInstantiatedSource>;
}
