#include "web/url_ops.h"

#include <cstring>
#include <optional>

#include "web/ada.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/url_limits.h"
#include "web/url_text.h"

namespace isolet {
namespace {

// For longer texts the memory of the parser and of the result is charged while it runs: what it builds grows to three
// times the text, and by doubling.
constexpr size_t kSmall = 16 * 1024;
constexpr size_t kMemoryPerByte = 8;

bool MayParse(OpMemory* memory, size_t size) { return size <= kSmall || memory->Charge(size * kMemoryPerByte); }

// What a URL is made of, read and within the limits.
struct Input {
  UrlText text;
  UrlText base;
  bool has_base = false;

  enum class Read : uint8_t { kFine, kInvalid, kThrew };
  // The two arguments from the first on.
  Read From(const v8::FunctionCallbackInfo<v8::Value>& info, OpMemory* memory) {
    v8::Isolate* isolate = info.GetIsolate();
    v8::Local<v8::String> string;
    if (!StringArgument(info, 0, &string)) return Read::kThrew;
    if (!text.Read(isolate, string, kMaxUrl) || HasCostlyHost(text.view())) return Read::kInvalid;
    has_base = !info[1]->IsUndefined();
    if (has_base) {
      if (!StringArgument(info, 1, &string)) return Read::kThrew;
      if (!base.Read(isolate, string, kMaxUrl) || HasCostlyHost(base.view())) return Read::kInvalid;
    }
    return MayParse(memory, text.view().size() + base.view().size()) ? Read::kFine : Read::kThrew;
  }
};

// The href as a string, and its parts. `known`: a string that may be the same.
void Return(const v8::FunctionCallbackInfo<v8::Value>& info, int parts_index, const AdaUrl& url,
            std::string_view known_text, v8::Local<v8::String> known) {
  uint32_t* const parts = NumbersArgument(info, parts_index, sizeof(AdaComponents) / sizeof(uint32_t));
  if (parts == nullptr) return;
  const std::string_view href = url.href();
  std::memcpy(parts, &url.components(), sizeof(AdaComponents));
  if (href == known_text) {
    info.GetReturnValue().Set(known);
    return;
  }
  // An href is ASCII.
  v8::Local<v8::String> string;
  if (v8::String::NewFromOneByte(info.GetIsolate(), reinterpret_cast<const uint8_t*>(href.data()),
                                 v8::NewStringType::kNormal, static_cast<int>(href.size()))
          .ToLocal(&string)) {
    info.GetReturnValue().Set(string);
  }
}

// Null: the bundle has to parse by itself, and null is what it gets.
const Ada* Parser(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const Ada* ada = FindAda();
  if (ada == nullptr) info.GetReturnValue().SetNull();
  return ada;
}

void Parse(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const Ada* ada = Parser(info);
  OpMemory memory(info.GetIsolate());
  Input input;
  if (ada == nullptr || input.From(info, &memory) != Input::Read::kFine) return;
  std::optional<AdaUrl> url;
  if (input.has_base) {
    url.emplace(*ada, input.text.view(), input.base.view());
  } else {
    url.emplace(*ada, input.text.view());
  }
  if (url->valid() && url->href().size() <= kMaxHref) {
    Return(info, 2, *url, input.text.view(), info[0].As<v8::String>());
  }
}

void CanParse(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const Ada* ada = Parser(info);
  OpMemory memory(info.GetIsolate());
  Input input;
  if (ada == nullptr) return;
  const Input::Read read = input.From(info, &memory);
  if (read == Input::Read::kThrew) return;
  const std::string_view text = input.text.view();
  const std::string_view base = input.base.view();
  info.GetReturnValue().Set(read == Input::Read::kFine &&
                            (input.has_base
                                 ? ada->can_parse_with_base(text.data(), text.size(), base.data(), base.size())
                                 : ada->can_parse(text.data(), text.size())));
}

void Set(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const Ada* ada = Parser(info);
  v8::Local<v8::String> string;
  UrlText href, value;
  if (ada == nullptr || !StringArgument(info, 0, &string) || !href.Read(isolate, string, kMaxHref)) return;
  if (!info[1]->IsUint32() || info[1].As<v8::Uint32>()->Value() >= kUrlParts) {
    ThrowOpMisuse(isolate);
    return;
  }
  const auto part = static_cast<UrlPart>(info[1].As<v8::Uint32>()->Value());
  if (!StringArgument(info, 2, &string) || !value.Read(isolate, string, kMaxUrl)) return;
  const bool is_host = part == UrlPart::kHost || part == UrlPart::kHostname;
  if (is_host && IsCostlyHost(value.view())) return;
  OpMemory memory(isolate);
  if (!MayParse(&memory, href.view().size() + value.view().size())) return;

  AdaUrl url(*ada, href.view());
  if (!url.valid() || !url.Set(part, value.view()) || url.href().size() > kMaxHref) return;
  // Some versions leave what is no URL behind.
  const AdaUrl again(*ada, url.href());
  if (again.valid() && again.href() == url.href()) Return(info, 3, again, href.view(), info[0].As<v8::String>());
}

const WebOp kOps[] = {
    {"url", "parse", Parse, 3},
    {"url", "canParse", CanParse, 2},
    {"url", "set", Set, 4},
};

}  // namespace

std::span<const WebOp> UrlOps() { return kOps; }

}  // namespace isolet
