// The times of samples where some were dropped or taken away.
#include <doctest/doctest.h>

#include <vector>

#include "ms.hpp"
#include "recorder.hpp"

using postdict::SampledRecorder;
using postdict::Sampling;
using postdict::Time;
using postdict::Variable;
using postdict::operator""_ms;

namespace {

// Samples that say when they were taken.
void sample_until(SampledRecorder& recorder, Time end) {
    while (recorder.next_time() < end) {
        const Time t = recorder.next_time();
        recorder.sample(t, [&](std::vector<double>& values) { values.push_back(t.ms()); });
    }
}

void check_times(const SampledRecorder& recorder) {
    for (std::size_t k = 0; k < recorder.n_samples(); ++k)
        CHECK(recorder.time_of(k).ms() == recorder.values()[k]);
}

}  // namespace

TEST_CASE("samples keep their times, whatever was dropped or taken away before") {
    for (int n_taken = 0; n_taken < 8; ++n_taken) {
        SampledRecorder recorder(Sampling{Variable::potential, 0, {0}, 1, 1.0_ms, {}, 4});
        recorder.set_streaming(true);
        sample_until(recorder, Time::ms(n_taken));
        recorder.take_away();
        sample_until(recorder,
                     Time::ms(n_taken + 7.0));  // more than it may hold once streaming is over
        CHECK(recorder.n_samples() == 7);
        recorder.set_streaming(false);
        sample_until(recorder, 100.0_ms);
        CHECK(recorder.n_samples() <= 4);
        CHECK(recorder.n_samples() >= 2);
        check_times(recorder);
    }
}
