// One compilation of a text that may have been compiled before: takes the code that the cache has, and leaves there
// what it made if the text is likely to come again. Inside a frame.
#pragma once

#include <cstdint>
#include <memory>

#include "calls/source.h"
#include "code/cache.h"
#include "v8/v8.h"

namespace isolet {

class CodeReuse {
 public:
  // `text` is looked at until this is gone.
  CodeReuse(const SourceView& text, KeepCode keep);
  CodeReuse(const CodeReuse&) = delete;
  CodeReuse& operator=(const CodeReuse&) = delete;

  // `compile` takes V8's source and options.
  template <typename CompileFunction>
  auto Compile(v8::Local<v8::String> code, const v8::ScriptOrigin& origin, CompileFunction compile) {
    v8::ScriptCompiler::Source source(code, origin, CachedCode());
    auto compiled =
        compile(&source, known_ ? v8::ScriptCompiler::kConsumeCodeCache : v8::ScriptCompiler::kNoCompileOptions);
    if (known_ && !compiled.IsEmpty()) Judged(source.GetCachedData()->rejected);
    return compiled;
  }

  // The same text where it is kept, if its code is taken.
  const CodeCache::Text& kept_text() const { return kept_text_; }

  // The later, the better: functions that were compiled by then are part of it.
  bool wants_code() const { return wants_code_; }
  template <typename Unbound>
  void Keep(v8::Local<Unbound> compiled) {
    if (wants_code_) Take(std::unique_ptr<Cached>(v8::ScriptCompiler::CreateCodeCache(compiled)));
  }

 private:
  using Cached = v8::ScriptCompiler::CachedData;
  Cached* CachedCode() const;  // V8 owns it
  void Judged(bool rejected);
  void Take(std::unique_ptr<Cached> made);

  const SourceView text_;
  CodeCache::Code known_;
  CodeCache::Text kept_text_;
  bool wants_code_ = false;
};

}  // namespace isolet
