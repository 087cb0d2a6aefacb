#include "web/url_limits.h"

#include <cstdint>

namespace isolet {
namespace {

// Dropped wherever they stand.
bool IsDropped(char c) { return c == '\t' || c == '\n' || c == '\r'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool IsAlpha(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }

bool InScheme(char c) { return IsAlpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; }

bool IsSpecial(std::string_view scheme) {
  for (std::string_view special : {"http", "https", "ws", "wss", "ftp", "file"}) {
    if (scheme == special) return true;
  }
  return false;
}

enum class Scheme : uint8_t { kNone, kSpecial, kOther };

// Moves `at` behind the scheme and its colon, if there is one.
Scheme ReadScheme(std::string_view input, size_t* at) {
  char scheme[8];
  size_t length = 0;
  bool too_long = false;
  for (size_t i = *at; i < input.size(); ++i) {
    const char c = input[i];
    if (IsDropped(c)) continue;
    if (c == ':' && length > 0) {
      *at = i + 1;
      return !too_long && IsSpecial({scheme, length}) ? Scheme::kSpecial : Scheme::kOther;
    }
    if (length == 0 ? !IsAlpha(c) : !InScheme(c)) return Scheme::kNone;
    if (length == sizeof(scheme)) {
      too_long = true;
    } else {
      scheme[length++] = Lower(c);
    }
  }
  return Scheme::kNone;
}

}  // namespace

bool IsCostlyHost(std::string_view host) {
  const size_t end = host.find_first_of("/\\?#");
  if (end != std::string_view::npos) host = host.substr(0, end);
  const size_t user = host.rfind('@');
  if (user != std::string_view::npos) host = host.substr(user + 1);
  if (host.size() <= kMaxUnicodeHost) return false;
  for (size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    // Percent-encoded characters and punycode (xn--) are looked at as what they stand for.
    if (static_cast<uint8_t>(c) >= 0x80 || c == '%' || IsDropped(c)) return true;
    if (c == '-' && i + 1 < host.size() && host[i + 1] == '-') return true;
  }
  return false;
}

bool HasCostlyHost(std::string_view input) {
  if (input.size() <= kMaxUnicodeHost) return false;
  size_t at = 0;
  while (at < input.size() && static_cast<uint8_t>(input[at]) <= 0x20) ++at;
  const Scheme scheme = ReadScheme(input, &at);
  if (scheme == Scheme::kOther) return false;
  size_t slashes = 0;
  for (; at < input.size(); ++at) {
    if (input[at] == '/' || input[at] == '\\') {
      ++slashes;
    } else if (!IsDropped(input[at])) {
      break;
    }
  }
  // A path, as far as one can tell without the base.
  if (scheme == Scheme::kNone && slashes < 2) return false;
  return IsCostlyHost(input.substr(at));
}

}  // namespace isolet
