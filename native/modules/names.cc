#include "modules/names.h"

#include <vector>

namespace isolet {
namespace {

constexpr std::string_view kRoot = "isolet:/";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void Walk(std::string_view path, std::vector<std::string_view>* segments) {
  for (;;) {
    size_t slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    bool last = slash == std::string_view::npos;
    if (segment == "..") {
      if (!segments->empty()) segments->pop_back();
      if (last) segments->emplace_back();
    } else if (segment != "." || last) {
      segments->push_back(segment == "." ? std::string_view() : segment);
    }
    if (last) return;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

bool HasScheme(std::string_view text) {
  if (text.empty() || !IsLetter(text[0])) return false;
  for (char c : text) {
    if (c == ':') return true;
    if (!IsLetter(c) && !IsDigit(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return false;
}

bool IsRelative(std::string_view specifier) {
  return specifier.starts_with("./") || specifier.starts_with("../") || specifier.starts_with("/");
}

std::string ModuleUrl(std::string_view name) {
  return HasScheme(name) ? std::string(name) : std::string(kRoot).append(name);
}

std::optional<std::string> JoinModuleUrl(std::string_view referrer, std::string_view specifier) {
  std::vector<std::string_view> segments;
  if (referrer.starts_with(kRoot)) {
    referrer.remove_prefix(kRoot.size());
    size_t slash = referrer.rfind('/');
    if (!specifier.starts_with("/") && slash != std::string_view::npos) Walk(referrer.substr(0, slash), &segments);
  } else if (HasScheme(referrer)) {
    return std::nullopt;
  }
  if (specifier.starts_with("/")) specifier.remove_prefix(1);
  Walk(specifier, &segments);
  std::string url(kRoot);
  for (size_t i = 0; i < segments.size(); ++i) {
    if (i > 0) url += '/';
    url += segments[i];
  }
  return url;
}

}  // namespace isolet
