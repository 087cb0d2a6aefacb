// The URL parser inside Node's own executable, by its C functions. With it a guest's URL is the host's URL: nothing
// that a host checks means something else to a guest. Node does not promise these names, nor a version of them; what is
// found is used only after it has given known answers.
//
// Any thread: the functions keep no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace isolet {

// As the C interface declares them.
struct AdaString {
  const char* data;
  size_t length;

  std::string_view view() const { return {data, length}; }
};

// Offsets into the href; absent ones are kAbsent.
struct AdaComponents {
  static constexpr uint32_t kAbsent = UINT32_MAX;

  uint32_t protocol_end;
  uint32_t username_end;
  uint32_t host_start;
  uint32_t host_end;
  uint32_t port;
  uint32_t pathname_start;
  uint32_t search_start;
  uint32_t hash_start;
};

using AdaHandle = void*;

struct Ada {
  AdaHandle (*parse)(const char*, size_t);
  AdaHandle (*parse_with_base)(const char*, size_t, const char*, size_t);
  bool (*can_parse)(const char*, size_t);
  bool (*can_parse_with_base)(const char*, size_t, const char*, size_t);
  void (*free)(AdaHandle);
  bool (*is_valid)(AdaHandle);
  AdaString (*get_href)(AdaHandle);
  const AdaComponents* (*get_components)(AdaHandle);
  // In the order of UrlPart.
  bool (*set_protocol)(AdaHandle, const char*, size_t);
  bool (*set_username)(AdaHandle, const char*, size_t);
  bool (*set_password)(AdaHandle, const char*, size_t);
  bool (*set_host)(AdaHandle, const char*, size_t);
  bool (*set_hostname)(AdaHandle, const char*, size_t);
  bool (*set_port)(AdaHandle, const char*, size_t);
  bool (*set_pathname)(AdaHandle, const char*, size_t);
  void (*set_search)(AdaHandle, const char*, size_t);
  void (*set_hash)(AdaHandle, const char*, size_t);
};

// Null where it is missing or wrong. The first call of the process looks, which takes up to a millisecond; it also
// reads the environment, so it should be made on the host's thread.
const Ada* FindAda();

// The parts of a URL that can be set; the bundle knows them by these numbers.
enum class UrlPart : uint8_t {
  kProtocol,
  kUsername,
  kPassword,
  kHost,
  kHostname,
  kPort,
  kPathname,
  kSearch,
  kHash,
};
inline constexpr uint32_t kUrlParts = 9;

// A parsed URL, valid or not.
class AdaUrl {
 public:
  AdaUrl(const Ada& ada, std::string_view input) : ada_(&ada), handle_(ada.parse(input.data(), input.size())) {}
  AdaUrl(const Ada& ada, std::string_view input, std::string_view base)
      : ada_(&ada), handle_(ada.parse_with_base(input.data(), input.size(), base.data(), base.size())) {}
  ~AdaUrl() { ada_->free(handle_); }
  AdaUrl(const AdaUrl&) = delete;
  AdaUrl& operator=(const AdaUrl&) = delete;

  bool valid() const { return ada_->is_valid(handle_); }
  // Of a valid one, until the next Set.
  std::string_view href() const { return ada_->get_href(handle_).view(); }
  const AdaComponents& components() const { return *ada_->get_components(handle_); }
  // False: it stays as it was.
  bool Set(UrlPart part, std::string_view value);

 private:
  const Ada* const ada_;
  const AdaHandle handle_;
};

}  // namespace isolet
