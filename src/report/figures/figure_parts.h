// src/report/figures/figure_parts.h - axes and elements that figures of series are made of.
// Internal.
#pragma once
#include <string>
#include <vector>

#include "src/evaluation/series.h"
#include "src/figures/figure.h"
#include "src/report/figures/figure_scope.h"

namespace opline::report {

using figures::Axis;
using figures::Dimension;
using figures::Element;
using figures::Figure;

[[nodiscard]] Axis ops_axis();
[[nodiscard]] Axis response_axis(evaluation::Response of);
[[nodiscard]] Dimension dimension_of(evaluation::Response of);

/// Kind, title "What: place", and the scope as first line of the caption.
[[nodiscard]] Figure figure_about(const std::string& kind, const std::string& what,
                                  const std::vector<SeriesResult>& all);

[[nodiscard]] Element points(std::string role, std::string series, std::vector<double> x,
                             std::vector<double> y, std::size_t pen);
[[nodiscard]] Element curve(Element::Kind kind, std::string role, std::string series,
                            std::vector<double> x, std::vector<double> y, std::size_t pen);
[[nodiscard]] Element band(std::string role, std::string series, std::vector<double> x,
                           std::vector<double> low, std::vector<double> high, std::size_t pen);
/// A guide that does not widen the axes.
[[nodiscard]] Element reference(std::string role, std::vector<double> x, std::vector<double> y);

/// The rows' names, as name_of().
[[nodiscard]] std::vector<std::string> names_of(const evaluation::ResponseRows& rows);

/// `steps` + 1 values from `low` to `high`, evenly spaced; in ratios where low is above 0 and high
/// is a hundred times it, as the axes are then.
[[nodiscard]] std::vector<double> steps_between(double low, double high, int steps = 96);

}  // namespace opline::report
