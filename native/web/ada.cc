#include "web/ada.h"

#include <cstdlib>
#include <cstring>
#include <iterator>

#include "web/node_symbols.h"

namespace isolet {
namespace {

bool Resolve(Ada* ada) {
  return ResolveNodeSymbol("ada_parse", &ada->parse) &&
         ResolveNodeSymbol("ada_parse_with_base", &ada->parse_with_base) &&
         ResolveNodeSymbol("ada_can_parse", &ada->can_parse) &&
         ResolveNodeSymbol("ada_can_parse_with_base", &ada->can_parse_with_base) &&
         ResolveNodeSymbol("ada_free", &ada->free) && ResolveNodeSymbol("ada_is_valid", &ada->is_valid) &&
         ResolveNodeSymbol("ada_get_href", &ada->get_href) &&
         ResolveNodeSymbol("ada_get_components", &ada->get_components) &&
         ResolveNodeSymbol("ada_set_protocol", &ada->set_protocol) &&
         ResolveNodeSymbol("ada_set_username", &ada->set_username) &&
         ResolveNodeSymbol("ada_set_password", &ada->set_password) &&
         ResolveNodeSymbol("ada_set_host", &ada->set_host) &&
         ResolveNodeSymbol("ada_set_hostname", &ada->set_hostname) &&
         ResolveNodeSymbol("ada_set_port", &ada->set_port) &&
         ResolveNodeSymbol("ada_set_pathname", &ada->set_pathname) &&
         ResolveNodeSymbol("ada_set_search", &ada->set_search) && ResolveNodeSymbol("ada_set_hash", &ada->set_hash);
}

struct KnownParse {
  const char* input;
  const char* base;  // null: none
  const char* href;  // null: invalid
  AdaComponents components;
};

constexpr uint32_t kNone = AdaComponents::kAbsent;

// What every version of the URL Standard says. The internationalized host is left out: it costs milliseconds the first
// time, and every URL of most guests is ASCII.
const KnownParse kParses[] = {
    {"https://user:pass@Example.COM:8443/a/./b/../c?q=1#f",
     nullptr,
     "https://user:pass@example.com:8443/a/c?q=1#f",
     {6, 12, 17, 29, 8443, 34, 38, 42}},
    {"HTTP://example.com:80", nullptr, "http://example.com/", {5, 7, 7, 18, kNone, 18, kNone, kNone}},
    {"http://0x7f.1/\xC3\xA9 ?\xE2\x82\xAC",
     nullptr,
     "http://127.0.0.1/%C3%A9%20?%E2%82%AC",
     {5, 7, 7, 16, kNone, 16, 26, kNone}},
    {"../x?#", "file:///a/b/c", "file:///a/x?#", {5, 7, 7, 7, kNone, 7, 11, 12}},
    {"//[::1]:7/p", "ws://h/", "ws://[::1]:7/p", {3, 5, 5, 10, 7, 12, kNone, kNone}},
    {"mailto:a@b", nullptr, "mailto:a@b", {7, 7, 7, 7, kNone, 7, kNone, kNone}},
    {"/relative", nullptr, nullptr, {}},
    {"http://a b/", nullptr, nullptr, {}},
    {"https://exa%00mple/", nullptr, nullptr, {}},
    {"http://1.2.3.4.5.256/", nullptr, nullptr, {}},
    {"", nullptr, nullptr, {}},
};

// Whether a change is said to be taken differs between versions where nothing changes.
struct KnownChange {
  UrlPart part;
  const char* value;
  const char* href;
};

// One after the other.
const KnownChange kChanges[] = {
    {UrlPart::kProtocol, "http", "http://h.example:8/p?s#f"},
    {UrlPart::kProtocol, "mailto", "http://h.example:8/p?s#f"},
    {UrlPart::kUsername, "u\xC3\xBC", "http://u%C3%BC@h.example:8/p?s#f"},
    {UrlPart::kPassword, "a:b", "http://u%C3%BC:a%3Ab@h.example:8/p?s#f"},
    {UrlPart::kHost, "i.example:9", "http://u%C3%BC:a%3Ab@i.example:9/p?s#f"},
    {UrlPart::kHostname, "j.example", "http://u%C3%BC:a%3Ab@j.example:9/p?s#f"},
    {UrlPart::kPort, "80", "http://u%C3%BC:a%3Ab@j.example/p?s#f"},
    {UrlPart::kPathname, "q r", "http://u%C3%BC:a%3Ab@j.example/q%20r?s#f"},
    {UrlPart::kSearch, "", "http://u%C3%BC:a%3Ab@j.example/q%20r#f"},
    {UrlPart::kHash, "g", "http://u%C3%BC:a%3Ab@j.example/q%20r#g"},
};

bool Knows(const Ada& ada, const KnownParse& known) {
  const std::string_view input = known.input;
  const std::string_view base = known.base == nullptr ? "" : known.base;
  const bool can = known.base == nullptr
                       ? ada.can_parse(input.data(), input.size())
                       : ada.can_parse_with_base(input.data(), input.size(), base.data(), base.size());
  if (can != (known.href != nullptr)) return false;
  const AdaHandle handle = known.base == nullptr
                               ? ada.parse(input.data(), input.size())
                               : ada.parse_with_base(input.data(), input.size(), base.data(), base.size());
  if (handle == nullptr) return false;
  bool right = ada.is_valid(handle) == (known.href != nullptr);
  if (right && known.href != nullptr) {
    right = ada.get_href(handle).view() == known.href &&
            std::memcmp(ada.get_components(handle), &known.components, sizeof(AdaComponents)) == 0;
  }
  ada.free(handle);
  return right;
}

bool KnowsChanges(const Ada& ada) {
  AdaUrl url(ada, "https://h.example:8/p?s#f");
  for (const KnownChange& known : kChanges) {
    url.Set(known.part, known.value);
    if (url.href() != known.href) return false;
  }
  return true;
}

// For tests of what guests do without it.
constexpr char kSwitch[] = "ISOLET_INTERNAL_URL_PARSER";

const Ada* Prove() {
  static Ada ada;
  const char* parser = std::getenv(kSwitch);
  if (parser != nullptr && std::string_view(parser) == "script") return nullptr;
  if (!Resolve(&ada)) return nullptr;
  for (const KnownParse& known : kParses) {
    if (!Knows(ada, known)) return nullptr;
  }
  return KnowsChanges(ada) ? &ada : nullptr;
}

}  // namespace

const Ada* FindAda() {
  static const Ada* const found = Prove();
  return found;
}

bool AdaUrl::Set(UrlPart part, std::string_view value) {
  const char* data = value.data();
  const size_t size = value.size();
  switch (part) {
    case UrlPart::kProtocol:
      return ada_->set_protocol(handle_, data, size);
    case UrlPart::kUsername:
      return ada_->set_username(handle_, data, size);
    case UrlPart::kPassword:
      return ada_->set_password(handle_, data, size);
    case UrlPart::kHost:
      return ada_->set_host(handle_, data, size);
    case UrlPart::kHostname:
      return ada_->set_hostname(handle_, data, size);
    case UrlPart::kPort:
      return ada_->set_port(handle_, data, size);
    case UrlPart::kPathname:
      return ada_->set_pathname(handle_, data, size);
    case UrlPart::kSearch:
      ada_->set_search(handle_, data, size);
      return true;
    case UrlPart::kHash:
      ada_->set_hash(handle_, data, size);
      return true;
  }
  return false;
}

}  // namespace isolet
