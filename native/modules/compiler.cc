#include "modules/compiler.h"

#include <cstring>
#include <optional>
#include <utility>

#include "calls/guest_options.h"
#include "calls/parts.h"
#include "calls/source.h"
#include "code/reuse.h"
#include "memory_use/adopted_memory.h"
#include "memory_use/array_buffer_allocator.h"
#include "modules/wasm_shim.h"
#include "v8/strings.h"
#include "value/buffer_memory.h"
#include "wasm/budget.h"

namespace isolet {
namespace {

constexpr const char* kValueShim = "export default import.meta.value;";

void Throw(v8::Isolate* isolate, v8::Local<v8::Value> (*make)(v8::Local<v8::String>), const std::string& text) {
  if (isolate->IsExecutionTerminating()) return;
  v8::Local<v8::String> message;
  isolate->ThrowException(make(FromUtf8(isolate, text).ToLocal(&message) ? message : v8::String::Empty(isolate)));
}

// The newer V8s give the makers of errors a second, optional parameter.
v8::Local<v8::Value> SyntaxError(v8::Local<v8::String> text) { return v8::Exception::SyntaxError(text); }
v8::Local<v8::Value> TypeError(v8::Local<v8::String> text) { return v8::Exception::TypeError(text); }
v8::Local<v8::Value> RangeError(v8::Local<v8::String> text) { return v8::Exception::RangeError(text); }

v8::MaybeLocal<v8::Value> NewBytes(Parts& parts, const std::string& content) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  std::shared_ptr<v8::BackingStore> memory;
  if (parts.allocator().Charge(content.size())) {
    memory = value::NewStore(content.size());
    if (!memory) parts.allocator().Uncharge(content.size());
  }
  if (!memory) {
    Throw(isolate, RangeError, kAllocationFailed);
    return {};
  }
  std::memcpy(memory->Data(), content.data(), content.size());
  std::unique_ptr<v8::BackingStore> store = AdoptedMemory::Adopt(std::move(memory), parts.shared_allocator());
  return v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, std::move(store)), 0, content.size());
}

std::string UnitsOf(v8::Isolate* isolate, v8::Local<v8::String> code, bool two_byte) {
  auto length = static_cast<uint32_t>(code->Length());
  std::string bytes(two_byte ? 2 * size_t{length} : length, '\0');
  if (two_byte) {
    CopyTwoByte(isolate, code, reinterpret_cast<uint16_t*>(bytes.data()), length);
  } else {
    CopyOneByte(isolate, code, reinterpret_cast<uint8_t*>(bytes.data()), length);
  }
  return bytes;
}

v8::MaybeLocal<v8::Module> CompileText(const Parts& parts, v8::Local<v8::String> code, const std::string& url,
                                       KeepCode keep = KeepCode::kSeenAgain) {
  v8::Isolate* isolate = parts.isolate();
  v8::Local<v8::String> name;
  if (!FromUtf8(isolate, url).ToLocal(&name)) return {};
  SourceView text{SourceView::Form::kModuleOneByte, parts.options().snapshot != nullptr, url, {}};
  std::string units;
  bool worthwhile = CodeCache::Worthwhile(static_cast<size_t>(code->Length()));
  if (worthwhile) {
    bool two_byte = !code->ContainsOnlyOneByte();
    if (two_byte) text.form = SourceView::Form::kModuleTwoByte;
    units = UnitsOf(isolate, code, two_byte);
    text.units = units;
  }
  CodeReuse reuse(text, worthwhile ? keep : KeepCode::kNever);
  v8::Local<v8::Module> module;
  auto compile = [&](v8::ScriptCompiler::Source* source, v8::ScriptCompiler::CompileOptions options) {
    return v8::ScriptCompiler::CompileModule(isolate, source, options);
  };
  if (!reuse.Compile(code, MakeOrigin(isolate, name, true), compile).ToLocal(&module)) return {};
  if (reuse.wants_code()) reuse.Keep(module->GetUnboundModuleScript());
  return module;
}

v8::MaybeLocal<v8::Value> ParseJson(v8::Local<v8::Context> context, v8::Local<v8::Value> content,
                                    const std::string& url) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  v8::TryCatch catcher(isolate);
  if (v8::JSON::Parse(context, content.As<v8::String>()).ToLocal(&value)) return value;
  if (catcher.HasTerminated() || !catcher.HasCaught()) {
    catcher.ReThrow();
    return {};
  }
  // V8 speaks of "JSON" only; say which.
  std::string text = url + ": " + ToUtf8(isolate, catcher.Message()->Get(), 1000);
  catcher.Reset();
  Throw(isolate, SyntaxError, text);
  catcher.ReThrow();
  return {};
}

v8::MaybeLocal<v8::Module> CompileWasm(Parts& parts, ModuleEntry& entry, v8::Local<v8::Value> content) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (!parts.options().code_generation_wasm) {
    Throw(isolate, TypeError, "WebAssembly is switched off for this runtime: " + entry.url);
    return {};
  }
  v8::Local<v8::Uint8Array> array = content.As<v8::Uint8Array>();
  std::vector<uint8_t> bytes(array->ByteLength());
  array->CopyContents(bytes.data(), bytes.size());
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  WasmBudget::Look look;
  if (parts.wasm().LookAt(context, bytes.data(), bytes.size(), &look).IsNothing()) return {};
  if (!look.refusal.IsEmpty()) {
    isolate->ThrowException(look.refusal);
    return {};
  }
  if (look.lowered) bytes.assign(look.lowered->begin(), look.lowered->end());
  if (!parts.wasm().Charge(isolate, bytes.size())) return {};
  v8::Local<v8::WasmModuleObject> compiled;
  if (!v8::WasmModuleObject::Compile(isolate, {bytes.data(), bytes.size()}).ToLocal(&compiled)) {
    parts.wasm().NotMade(bytes.size());
    return {};
  }
  parts.wasm().Made(context, compiled, bytes.size(), look.needs);
  std::optional<std::string> shim = WasmShim(bytes.data(), bytes.size());
  v8::Local<v8::String> code;
  if (!shim || !FromUtf8(isolate, *shim).ToLocal(&code)) {
    Throw(isolate, RangeError, "The WebAssembly module has too many imports or exports: " + entry.url);
    return {};
  }
  entry.value.Reset(isolate, compiled);
  entry.wasm = entry.shim = true;
  return CompileText(parts, code, entry.url);
}

}  // namespace

v8::MaybeLocal<v8::Value> TakeIn(Parts& parts, const ModuleSource& source) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (source.type == ModuleType::kBytes || source.type == ModuleType::kWasm) return NewBytes(parts, source.content);
  v8::Local<v8::String> text;
  if (FromUtf8(isolate, source.content).ToLocal(&text)) return text;
  Throw(isolate, RangeError, "The source is too long");
  return {};
}

v8::MaybeLocal<v8::Module> CompileModule(Parts& parts, v8::Local<v8::Context> context, ModuleEntry& entry,
                                         const ArrivedSource& source) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  switch (source.type) {
    case ModuleType::kJs:
      return CompileText(parts, source.content.As<v8::String>(), entry.url);
    case ModuleType::kWasm:
      return CompileWasm(parts, entry, source.content);
    case ModuleType::kJson: {
      v8::Local<v8::Value> value;
      if (!ParseJson(context, source.content, entry.url).ToLocal(&value)) return {};
      entry.value.Reset(isolate, value);
      break;
    }
    default:
      entry.value.Reset(isolate, source.content);
  }
  entry.shim = true;
  return CompileText(parts, Name(isolate, kValueShim), entry.url);
}

bool KeepModuleCode(const IsolateLock& lock, const Source& source) {
  v8::Isolate* isolate = lock.isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> code;
  if (!FromUtf8(isolate, source.code).ToLocal(&code)) {
    Throw(isolate, RangeError, "The source is too long");
    return false;
  }
  return !CompileText(lock.parts(), code, source.filename, KeepCode::kAnew).IsEmpty();
}

bool ReadTypeAttribute(v8::Local<v8::Context> context, v8::Local<v8::FixedArray> attributes, int step,
                       std::string* type) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  for (int i = 0; i + 1 < FixedLength(context, attributes); i += step) {
    std::string key = ToUtf8(isolate, FixedAt(context, attributes, i).As<v8::String>(), 64);
    std::string value = ToUtf8(isolate, FixedAt(context, attributes, i + 1).As<v8::String>(), 64);
    if (key != "type") {
      Throw(isolate, TypeError, "Import attribute '" + key + "' is not supported; 'type' is");
      return false;
    }
    if (!ModuleTypeOf(value)) {
      Throw(isolate, TypeError, "Import attribute type '" + value + "' is not one of js, json, text, bytes, wasm");
      return false;
    }
    *type = std::move(value);
  }
  return true;
}

bool ReadRequests(v8::Local<v8::Context> context, v8::Local<v8::Module> module, const std::string& url,
                  std::vector<std::shared_ptr<ModuleRequest>>* requests) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::FixedArray> list = module->GetModuleRequests();
  for (int i = 0; i < FixedLength(context, list); ++i) {
    v8::HandleScope scope(isolate);
    v8::Local<v8::ModuleRequest> request = FixedAt(context, list, i).As<v8::ModuleRequest>();
    if (!IsEvaluationPhase(request)) {
      Throw(isolate, SyntaxError, "Only plain imports are supported, not import source or import defer");
      return false;
    }
    if (static_cast<size_t>(request->GetSpecifier()->Length()) > kMaxSpecifier) {
      Throw(isolate, RangeError, "A module specifier is longer than " + std::to_string(kMaxSpecifier) + " characters");
      return false;
    }
    auto read = std::make_shared<ModuleRequest>();
    read->specifier = ToUtf8(isolate, request->GetSpecifier(), kMaxSpecifier);
    read->referrer = url;
    if (!ReadTypeAttribute(context, AttributesOf(request), 3, &read->type)) return false;
    requests->push_back(std::move(read));
  }
  return true;
}

}  // namespace isolet
