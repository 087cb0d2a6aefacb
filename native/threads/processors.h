// How many processors this process may use: those the system has and the affinity mask leaves, and no more than the
// quota of its control groups, which is how containers and services are limited to a share. Any thread.
#pragma once

#include <optional>
#include <string>

namespace isolet {

// At least 0.01; a quota may be a fraction. Read once: what changes later is not noticed.
double AvailableProcessors();

// Processors by the text of a cpu.max file of control groups version 2; none: no quota, or not such a text.
std::optional<double> QuotaOf(const std::string& cpu_max);

}  // namespace isolet
