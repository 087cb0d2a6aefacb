#include "code/script_compiler.h"

#include <memory>
#include <utility>

#include "calls/entry_state.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/parts.h"
#include "calls/source.h"
#include "v8/strings.h"

namespace isolet {
namespace {

struct Text {
  v8::Local<v8::String> code;
  v8::Local<v8::String> filename;
};

// Shorter texts are copied: that costs less than what it takes to share them.
constexpr size_t kLeastShared = 64 * 1024;

// A text that all guests have which run the code kept with it.
class SharedText final : public v8::String::ExternalOneByteStringResource {
 public:
  explicit SharedText(CodeCache::Text text) : text_(std::move(text)) {}
  const char* data() const override { return text_->data(); }
  size_t length() const override { return text_->size(); }

 private:
  const CodeCache::Text text_;
};

// It is outside the guest's heap, where its limit does not count it: one for each guest, which is at most what is kept
// of one text. Empty: copy it.
v8::MaybeLocal<v8::String> ShareText(Parts& parts, const CodeReuse& reuse) {
  const CodeCache::Text& text = reuse.kept_text();
  bool& shares = parts.entry_state().shares_text;
  // A snapshot has its texts in itself.
  if (!text || text->size() < kLeastShared || shares || parts.options().makes_snapshot) return {};
  shares = true;
  auto resource = std::make_unique<SharedText>(text);
  v8::MaybeLocal<v8::String> shared = v8::String::NewExternalOneByte(v8::Isolate::GetCurrent(), resource.get());
  if (!shared.IsEmpty()) resource.release();  // V8 deletes it
  return shared;
}

// False: an exception is pending.
bool MakeText(const IsolateLock& lock, const Source& source, const CodeReuse& reuse, Text* text) {
  v8::Isolate* isolate = lock.isolate();
  if (source.code.size() > kMaxSourceBytes) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "The source is longer than 16 MiB")));
    return false;
  }
  if ((ShareText(lock.parts(), reuse).ToLocal(&text->code) || FromUtf8(isolate, source.code).ToLocal(&text->code)) &&
      FromUtf8(isolate, source.filename).ToLocal(&text->filename)) {
    return true;
  }
  if (!isolate->IsExecutionTerminating()) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "The source is too long")));
  }
  return false;
}

v8::MaybeLocal<v8::Script> Compile(const IsolateLock& lock, const Text& text, CodeReuse& reuse) {
  auto compile = [&](v8::ScriptCompiler::Source* source, v8::ScriptCompiler::CompileOptions options) {
    return v8::ScriptCompiler::Compile(lock.context(), source, options);
  };
  return reuse.Compile(text.code, MakeOrigin(lock.isolate(), text.filename), compile);
}

SourceView ViewOf(const Parts& parts, const Source& source) {
  return {SourceView::Form::kScriptUtf8, parts.options().snapshot != nullptr, source.filename, source.code};
}

}  // namespace

v8::MaybeLocal<v8::Value> RunScript(const IsolateLock& lock, const Source& source, KeepCode keep) {
  v8::Isolate* isolate = lock.isolate();
  v8::EscapableHandleScope scope(isolate);
  Text text;
  CodeReuse reuse(ViewOf(lock.parts(), source), keep);
  if (!MakeText(lock, source, reuse, &text)) return {};
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (!Compile(lock, text, reuse).ToLocal(&script)) return {};
  lock.parts().entry_state().scripts_ran = true;
  if (!script->Run(lock.context()).ToLocal(&value)) return {};
  // On the guest's time: it is the one that will start faster.
  if (reuse.wants_code() && !lock.parts().gate().stopping()) reuse.Keep(script->GetUnboundScript());
  return scope.Escape(value);
}

bool KeepScriptCode(const IsolateLock& lock, const Source& source) {
  v8::HandleScope scope(lock.isolate());
  Text text;
  CodeReuse reuse(ViewOf(lock.parts(), source), KeepCode::kAnew);
  if (!MakeText(lock, source, reuse, &text)) return false;
  v8::Local<v8::Script> script;
  // V8 still has it: an isolate compiles the same text only once.
  if (!Compile(lock, text, reuse).ToLocal(&script)) return false;
  reuse.Keep(script->GetUnboundScript());
  return true;
}

}  // namespace isolet
