// Regular expressions.
#include "value/cost.h"
#include "value/encoder.h"
#include "value/regexp_cost.h"

namespace isolet::value {

bool Encoder::WriteRegExp(v8::Local<v8::RegExp> regexp) {
  const v8::Local<v8::String> source = regexp->GetSource();
  const int flags = regexp->GetFlags();
  const uint64_t characters = RegExpCost(isolate_, source, flags);
  if (characters > kMaxRegExpCost) {
    std::string what = "The source of a RegExp is too long to cross: it counts as " + std::to_string(characters) +
                       " characters, the limit is " + std::to_string(kMaxRegExpCost);
    return Fail({Failure::Kind::kUnsupported, std::move(what), {}, kMaxRegExpCost, characters});
  }
  const size_t bytes = cost::kRegExp + cost::kRegExpCharacter * static_cast<size_t>(characters);
  if (!out_.Charge(bytes)) return TooManyBytes(bytes);
  return WriteTagged(Tag::kRegExp, static_cast<uint64_t>(flags)) && WriteString(source);
}

}  // namespace isolet::value
