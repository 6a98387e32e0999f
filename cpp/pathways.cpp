#include "pathways.hpp"

#include <algorithm>

namespace postdict {

Pathways::Pathways(const Network& network)
    : from_population(network.populations.size()),
      from_sources(network.sources.size()),
      plastic_onto(network.populations.size()),
      dendrites_from(network.populations.size()) {
    for (std::size_t p = 0; p < network.projections.size(); ++p) {
        const Projection& projection = network.projections[p];
        const Emitter& pre = projection.pre;
        Exits& exits = pre.kind == Emitter::Kind::population ? from_population[pre.index]
                                                             : from_sources[pre.index];
        if (projection.staggered()) {
            exits.staggered.push_back(staggered.size());
            staggered.push_back({p, {}});
        } else {
            const auto same = std::find_if(lines.begin(), lines.end(), [&](const AxonLine& line) {
                return line.pre == pre && line.delay == *projection.axonal_delay;
            });
            if (same != lines.end()) {
                same->projections.push_back(p);
            } else {
                exits.lines.push_back(lines.size());
                lines.push_back(
                    {pre, *projection.axonal_delay, {p}, DelayLine(*projection.axonal_delay)});
            }
        }
        if (!projection.plastic()) continue;
        if (projection.dendritic_delay > Duration{}) {
            dendrites_from[projection.post].push_back(dendrites.size());
            dendrites.push_back({p, DelayLine(projection.dendritic_delay)});
        } else {
            plastic_onto[projection.post].push_back(p);
        }
    }
}

}  // namespace postdict
