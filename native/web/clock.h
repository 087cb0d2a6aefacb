// The clock that a guest sees: begins when the guest has somebody to serve, is as coarse as its options say and never
// goes back. The thread that holds the isolate's lock.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>

namespace isolet {

class WebClock {
 public:
  // `resolution` in milliseconds. The origin is on the grid too: the two together must not tell more than one.
  explicit WebClock(double resolution) : resolution_(resolution > 0 ? resolution : kFinest) { Begin(); }
  WebClock(const WebClock&) = delete;
  WebClock& operator=(const WebClock&) = delete;

  void Begin() {
    began_ = Steady();
    origin_ = Coarse(Wall());
  }

  // Milliseconds since the guest began.
  double Now() const { return Coarse(Steady() - began_); }
  // When that was: milliseconds since 1970.
  double origin() const { return origin_; }

 private:
  static constexpr double kFinest = 0.005;

  static double Steady() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  static double Wall() {
    return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  double Coarse(double milliseconds) const { return std::floor(milliseconds / resolution_) * resolution_; }

  const double resolution_;
  double began_ = 0;
  double origin_ = 0;
};

}  // namespace isolet
