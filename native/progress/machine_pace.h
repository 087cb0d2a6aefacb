// How many times slower than the machines on which the engine's graces were measured this one is; at least 1. What is
// bounded by processor time is bounded by work: on a machine ten times slower the same garbage collection takes ten
// times as long, and is no more stuck for it.
//
// Any thread. The first thread that asks measures, which takes a millisecond there and less anywhere else.
#pragma once

namespace isolet {

double MachinePace();

}  // namespace isolet
