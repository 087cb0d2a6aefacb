#include "snapshot/unstorable_objects.h"

#include <v8-profiler.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "isolate/holder.h"
#include "isolate/no_tasks.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// One of each kind. Which of them exist depends on the version.
constexpr const char* kExemplars[] = {
    "new FinalizationRegistry(() => {})",
    "new Intl.Collator()",
    "new Intl.DateTimeFormat()",
    "new Intl.DisplayNames('en', { type: 'region' })",
    "new Intl.DurationFormat()",
    "new Intl.ListFormat()",
    "new Intl.Locale('en')",
    "new Intl.NumberFormat()",
    "new Intl.PluralRules()",
    "new Intl.RelativeTimeFormat()",
    "new Intl.Segmenter()",
    "new Intl.Segmenter().segment('a')",
    "new Intl.Segmenter().segment('a')[Symbol.iterator]()",
    "new Intl.v8BreakIterator()",
    "Temporal.Instant.fromEpochMilliseconds(0)",
    "new Temporal.PlainDate(2000, 1, 1)",
    "new Temporal.PlainDateTime(2000, 1, 1)",
    "new Temporal.PlainTime()",
    "new Temporal.PlainYearMonth(2000, 1)",
    "new Temporal.PlainMonthDay(1, 1)",
    "new Temporal.Duration()",
    "new Temporal.ZonedDateTime(0n, 'UTC')",
};

int TypeOf(v8::Local<v8::Object> object) {
  using v8::internal::Internals;
  return Internals::GetInstanceType(v8::internal::ValueHelper::ValueAsAddress(*object));
}

struct Kind {
  int type;
  const char* exemplar;
};

// V8's type numbers differ from version to version: asked of V8 itself, in an isolate of their own because the
// exemplars would be as unstorable as what we look for.
std::vector<Kind> LearnKinds(const std::shared_ptr<IsolatePlatform>& platform) {
  std::vector<Kind> kinds;
  IsolateHolder holder(platform, IsolateRecipe{}, std::make_shared<NoTasks>());
  v8::Isolate* isolate = holder.isolate();
  v8::Locker locker(isolate);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  v8::Context::Scope context_scope(context);
  const int ordinary = TypeOf(v8::Object::New(isolate));
  for (const char* exemplar : kExemplars) {
    v8::TryCatch catcher(isolate);
    v8::Local<v8::Script> script;
    v8::Local<v8::Value> value;
    if (!v8::Script::Compile(context, Name(isolate, exemplar)).ToLocal(&script)) continue;
    if (!script->Run(context).ToLocal(&value) || !value->IsObject()) continue;
    int type = TypeOf(value.As<v8::Object>());
    if (type != ordinary) kinds.push_back({type, exemplar});
  }
  return kinds;
}

const std::vector<Kind>& Kinds(const std::shared_ptr<IsolatePlatform>& platform) {
  static std::once_flag once;
  static std::vector<Kind>* kinds = nullptr;
  std::call_once(once, [&] { kinds = new std::vector<Kind>(LearnKinds(platform)); });
  return *kinds;
}

class Search final : public v8::QueryObjectPredicate {
 public:
  explicit Search(const std::vector<Kind>& kinds) : kinds_(kinds) {}
  bool Filter(v8::Local<v8::Object> object) override {
    int type = TypeOf(object);
    auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& kind) { return kind.type == type; });
    if (kind != kinds_.end()) found_ = kind->exemplar;
    return false;  // no need to keep it
  }
  const char* found() const { return found_; }

 private:
  const std::vector<Kind>& kinds_;
  const char* found_ = nullptr;
};

// A context gets back what is missing while a snapshot is made (WebAssembly, SharedArrayBuffer): that must be possible.
bool TakesProperties(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  v8::Local<v8::Symbol> probe = v8::Symbol::New(isolate);
  return context->Global()->CreateDataProperty(context, probe, v8::Undefined(isolate)).FromMaybe(false) &&
         context->Global()->Delete(context, probe).FromMaybe(false);
}

constexpr const char* kStackTraceLimit = "stackTraceLimit";

constexpr std::string_view kSpace = " \t\r\n\f\v";

// A directive stands at the start of a function's body, after another directive or after a comment; a string that is
// part of an expression does not.
bool AtDirective(std::string_view source, size_t quote) {
  size_t before = source.find_last_not_of(kSpace, quote == 0 ? std::string_view::npos : quote - 1);
  if (quote == 0 || before == std::string_view::npos) return true;
  return std::string_view("{;/'\"").find(source[before]) != std::string_view::npos || source[before] == '\n' ||
         static_cast<unsigned char>(source[before]) >= 0x80;  // may be the end of a comment, or an exotic space
}

}  // namespace

bool HasAsmModule(std::string_view source) {
  constexpr std::string_view kWord = "use asm";
  for (size_t at = source.find(kWord); at != std::string_view::npos; at = source.find(kWord, at + 1)) {
    if (at > 0 && (source[at - 1] == '"' || source[at - 1] == '\'') && AtDirective(source, at - 1)) return true;
  }
  return false;
}

void RefuseAsmModules(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  context->AllowCodeGenerationFromStrings(false);
  isolate->SetModifyCodeGenerationFromStringsCallback([](v8::Local<v8::Context>, v8::Local<v8::Value> source, bool) {
    v8::ModifyCodeGenerationFromStringsResult result{true, {}};
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    if (source->IsString()) {
      auto text = source.As<v8::String>();
      result.codegen_allowed = !HasAsmModule(ToUtf8(isolate, text, static_cast<size_t>(text->Length())));
    }
    return result;
  });
}

void StackTraceLimit::Add(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  v8::Local<v8::Value> error;
  if (!context->Global()->Get(context, Name(isolate, "Error")).ToLocal(&error) || !error->IsObject()) return;
  error_.Reset(isolate, error.As<v8::Object>());
  v8::Local<v8::Value> limit = v8::Integer::New(isolate, 10);  // as V8's own
  if (error.As<v8::Object>()->CreateDataProperty(context, Name(isolate, kStackTraceLimit), limit).IsNothing()) return;
}

bool StackTraceLimit::Remove(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  if (error_.IsEmpty()) return false;
  v8::Local<v8::Object> error = error_.Get(isolate);
  error_.Reset();
  v8::Local<v8::String> name = Name(isolate, kStackTraceLimit);
  v8::TryCatch catcher(isolate);
  // Set once more to learn whether V8 will be able to.
  return error->Delete(context, name).FromMaybe(false) &&
         error->CreateDataProperty(context, name, v8::Undefined(isolate)).FromMaybe(false) &&
         error->Delete(context, name).FromMaybe(false);
}

std::string FindUnstorable(const std::shared_ptr<IsolatePlatform>& platform, v8::Isolate* isolate,
                           v8::Local<v8::Context> context) {
  v8::Context::Scope scope(context);
  v8::TryCatch catcher(isolate);
  if (!TakesProperties(isolate, context)) {
    return "The scripts made globalThis unable to take new properties, and a snapshot of that can't be restored.";
  }
  Search search(Kinds(platform));
  std::vector<v8::Global<v8::Object>> none;
  isolate->GetHeapProfiler()->QueryObjects(context, &search, &none);
  if (search.found() == nullptr) return "";
  return std::string("The scripts keep an object that can't be stored in a snapshot, one like `") + search.found() +
         "`. Create it on first use instead.";
}

}  // namespace isolet
