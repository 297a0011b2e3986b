#include "analysis/verdict/verdict_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/validation/sample_size.h"
#include "src/base/counted.h"

namespace opline::analysis {
namespace {

/// Ops "vary little" where the 95 % quantile is less than this many times the 5 % one.
constexpr double kNarrowRange = 2;

/// What the advice looks at; each function adds its sentences, if its figure asks for them.
class Adviser {
 public:
  Adviser(const Verdict& verdict, const ProxyValidation& validation,
          const std::optional<SlopeDifference>& slopes, const Thresholds& thresholds,
          const SourceFacts& source)
      : verdict_(verdict),
        validation_(validation),
        slopes_(slopes),
        thresholds_(thresholds),
        source_(source) {}

  std::vector<Advice> all() {
    mixed_rows();
    if (mixed(source_)) return std::move(advice_);  // the other figures are of medians of them
    if (far_rows_matter()) outliers();
    units();
    if (validation_.units) return std::move(advice_);  // the other figures are of both units
    swapped();
    networks();
    if (leans_bad("networks")) return std::move(advice_);  // nothing else is worth acting on
    // A bend that costs more than a margin can is what is wrong.
    const bool bend_first = bend_proven() && leans_bad("margin");
    if (bend_first) curved();
    if (!outliers_decide()) {
      order();
      margin();
    }
    slope();
    if (!bend_first) curved();
    spread();
    range();
    more_networks();
    if (!far_rows_matter()) outliers();
    return std::move(advice_);
  }

 private:
  template <typename... Args>
  Advice& say(AdviceKind kind, fmt::format_string<Args...> format, Args&&... args) {
    advice_.push_back({kind, fmt::format(format, std::forward<Args>(args)...), {}, {}, {}});
    return advice_.back();
  }

  [[nodiscard]] const Criterion& criterion(const char* name) const {
    return *std::find_if(verdict_.criteria.begin(), verdict_.criteria.end(),
                         [&](const Criterion& one) { return one.name == name; });
  }
  [[nodiscard]] bool leans_bad(const char* name) const {
    return !criterion(name).leans_good().value_or(true);
  }

  void mixed_rows() {
    if (!source_.repeats || !source_.repeats->wide()) return;
    say(AdviceKind::mixed_rows, "{}", question_about(*source_.repeats)).value =
        source_.repeats->factor;
  }

  void outliers() {
    if (!validation_.outliers || verdict_.outliers_are_bend) return;
    const std::vector<Outlier>& found = validation_.outliers->outliers;
    if (found.empty()) return;
    const Outlier& first = found.front();
    const std::string size =
        first.factor ? fmt::format("{:.3g} times what the other rows suggest", *first.factor)
                     : fmt::format("{:.3g} instead of {:.3g}", first.measured, first.expected);
    Advice& one =
        found.size() == 1
            ? say(AdviceKind::check_outliers, "check the row far off the line: it is {}", size)
            : say(AdviceKind::check_outliers,
                  "check the {} rows far off the line, the farthest is {}", found.size(), size);
    one.value = static_cast<double>(found.size());
    for (const Outlier& outlier : found) one.rows.push_back(outlier.row);
    if (verdict_.without_outliers)
      one.text += fmt::format("; without {} the verdict is: {}", found.size() == 1 ? "it" : "them",
                              name_of(*verdict_.without_outliers));
    unit_slips(found);
  }

  /// Whether the verdict is another one without them, or they are a slip of units.
  [[nodiscard]] bool far_rows_matter() const {
    if (!validation_.outliers || !verdict_.without_outliers) return false;
    const std::vector<Outlier>& found = validation_.outliers->outliers;
    return *verdict_.without_outliers != verdict_.ruling ||
           std::any_of(found.begin(), found.end(),
                       [](const Outlier& one) { return one.unit_power.has_value(); });
  }

  void units() {
    if (!validation_.units) return;
    const UnitMixture& found = *validation_.units;
    Advice& one = say(AdviceKind::unit_slip,
                      "{} of {} rows are about 10^{} times what the others suggest: are {} or "
                      "ops in another unit there?",
                      found.rows.size(), validation_.n, found.power, source_.response);
    one.rows = found.rows;
    one.value = found.power;
  }

  /// The slope's interval: with HC3 errors where they are defined.
  [[nodiscard]] Interval slope_interval() const {
    if (validation_.whole_enumeration) return {validation_.fit.slope, validation_.fit.slope};
    return validation_.slope_hc3 ? validation_.slope_hc3->interval : validation_.fit.slope_interval;
  }

  /// Whether the proxy is good but for the rows far off: then nothing else is wrong with it.
  [[nodiscard]] bool outliers_decide() const {
    return verdict_.ruling == Ruling::undecided && verdict_.without_outliers &&
           *verdict_.without_outliers != Ruling::not_valid &&
           *verdict_.without_outliers != Ruling::undecided;
  }

  void unit_slips(const std::vector<Outlier>& found) {
    std::vector<std::size_t> rows;
    std::optional<int> power;
    for (const Outlier& one : found) {
      if (!one.unit_power || (power && *power != *one.unit_power)) continue;
      power = one.unit_power;
      rows.push_back(one.row);
    }
    if (!power) return;
    Advice& slip = say(AdviceKind::unit_slip,
                       "{} against ops is off by about 10^{}: is it in another unit there?",
                       source_.response, *power);
    slip.rows = std::move(rows);
    slip.value = *power;
  }

  void swapped() {
    if (!source_.from_table) return;
    const LinearFit& fit = validation_.fit;
    if (slope_interval().high < 0) {
      say(AdviceKind::swapped_columns,
          "{} falls as ops rise: are these the right columns, and in this order?",
          source_.response);
    } else if (fit.y_mean > fit.x_mean) {
      say(AdviceKind::swapped_columns,
          "{} is larger than ops ({:.3g} and {:.3g} on average): are the columns swapped?",
          source_.response, fit.y_mean, fit.x_mean);
    }
  }

  void networks() {
    if (!leans_bad("networks")) return;
    if (validation_.distinct < validation_.n) {
      Advice& one =
          say(AdviceKind::repeats_as_rows, "{} rows are {}; repeats do not count as networks",
              validation_.n, counted(validation_.distinct, "different network"));
      one.value = static_cast<double>(validation_.n);
      one.target = static_cast<double>(validation_.distinct);
    }
    Advice& few =
        say(AdviceKind::too_few_networks, "{} {} too few to judge by: measure at least {}",
            counted(validation_.distinct, "network"), validation_.distinct == 1 ? "is" : "are",
            thresholds_.networks);
    few.value = static_cast<double>(validation_.distinct);
    few.target = static_cast<double>(thresholds_.networks);
  }

  /// Another model than the line, where there are layers to make one of.
  void other_model(const std::string& why, double value) {
    if (source_.layers_known) {
      say(AdviceKind::better_model, "{}: use ops by layer type or the per-layer model instead", why)
          .value = value;
    } else {
      say(AdviceKind::wrong_order, "{}: ops alone do not serve a search here", why).value = value;
    }
  }

  void order() {
    const Criterion& tau = criterion("Kendall's tau-b");
    if (tau.leans_good().value_or(false)) return;
    if (!tau.value) {
      say(AdviceKind::constant_latency,
          "every network has the same {}: measure networks that differ", source_.response);
      return;
    }
    const std::optional<double> rate = misorder_rate_of_different(validation_.misorder);
    if (rate && *rate <= (1 - thresholds_.kendall_tau_b) / 2) {
      say(AdviceKind::wider_range,
          "tau-b is low ({:.3g}) although networks that differ by 10 % or more in ops are in order "
          "in "
          "{:.1f} % of the pairs: many have the same ops or hardly differ{}",
          *tau.value, 100 * (1 - *rate), wider())
          .value = validation_.ops_ratio;
      return;
    }
    if (slope_interval().high < 0 && source_.from_table) return;  // said as swapped columns
    if (slope_interval().contains(0)) {
      other_model(
          fmt::format("{} may not depend on ops at all (the interval of the slope includes 0)",
                      source_.response),
          *tau.value);
      return;
    }
    if (tau.standing == Standing::undecided) {
      if (!source_.can_draw_more)  // else said by more_networks()
        say(AdviceKind::more_networks, "Kendall's tau-b is undecided: measure more networks");
      return;
    }
    other_model(
        fmt::format("the order of networks is wrong too often (tau-b {:.3g}), which no margin "
                    "makes up for",
                    *tau.value),
        *tau.value);
  }

  [[nodiscard]] const char* wider() const {
    return source_.prior_known || source_.can_draw_more ? "; draw over a wider range of ops" : "";
  }

  void margin() {
    const auto& margin = validation_.latency_margin;
    if (!margin) {
      if (validation_.budgets.empty()) return;
      say(AdviceKind::nonpositive_line,
          "the line is not above 0 for half of the networks, so that no margin keeps a budget");
      return;
    }
    if (criterion("margin").standing == Standing::missed) {
      other_model(
          fmt::format("a margin of {:.3g} % at the median {} is more than the {:.3g} % a "
                      "search can use",
                      100 * margin->margin.value, source_.response, thresholds_.margin_percent),
          margin->margin.value);
      return;
    }
    if (verdict_.ruling != Ruling::not_valid) use_margin(*margin);
  }

  /// The margin, what it costs at the tightest budget, and what it is worth.
  void use_margin(const LatencyMargin& margin) {
    Advice& use = say(
        AdviceKind::use_margin,
        "to keep a budget, accept networks predicted at up to (budget - {:.3g}) / {:.4g}, which is "
        "{:.3g} % of margin at the median {}: about {:.2g} % of further networks exceed it",
        margin.absolute, 1 + margin.relative, 100 * margin.margin.value, source_.response,
        100 * margin.exceeded);
    use.value = margin.margin.value;
    refused();
    if (validation_.whole_enumeration ||
        margin.exceeded <= validation_.false_feasible * (1 + 1e-12))
      return;
    const double needed =
        std::ceil((1 - validation_.false_feasible) / validation_.false_feasible - 1e-9);
    Advice& support =
        say(AdviceKind::support_margin,
            "{} networks support a margin that {:.2g} % exceed; {:.3g} % needs at least "
            "{:.0f} networks",
            validation_.n, 100 * margin.exceeded, thresholds_.false_feasible_percent, needed);
    support.value = margin.exceeded;
    support.target = needed;
  }

  void refused() {
    const Criterion& refused = criterion("refused at the tightest budget");
    if (!leans_bad("refused at the tightest budget")) return;
    const BudgetValidation& tightest = *tightest_budget(validation_);
    say(AdviceKind::budget_costs,
        "at the budget that {:.0f} % of the networks keep the margin refuses {:.3g} % of them: "
        "search "
        "at larger budgets, or measure the candidates near the budget",
        100 * tightest.quantile, *refused.value)
        .value = *refused.value;
  }

  void slope() {
    if (!slopes_ || criterion("slope difference").standing != Standing::missed || !slopes_->share)
      return;
    say(AdviceKind::own_proxies,
        "the slope of {} is {:.3g} % {} than that of {}: give each its own proxy", slopes_->other,
        std::abs(100 * *slopes_->share), *slopes_->share > 0 ? "steeper" : "flatter",
        slopes_->reference)
        .value = *slopes_->share;
  }

  [[nodiscard]] bool bend_proven() const {
    const Criterion& one = criterion("curvature");
    if (!one.value) return false;
    return standing_of({*one.value, one.interval}, one.threshold, one.direction,
                       validation_.whole_enumeration) == Standing::missed;
  }

  void curved() {
    const Criterion& curvature = criterion("curvature");
    if (curvature.standing != Standing::missed) return;  // a bend that is not proven may be noise
    if (!curvature.value || !bend_proven()) {
      say(AdviceKind::nonpositive_line,
          "the line is not above 0 for networks of {:.3g} ops, whose {} is: restrict the range of "
          "ops, "
          "or fit with weights 1/y^2",
          validation_.fit.x_min, source_.response);
      return;
    }
    const Curvature& bend = *validation_.curvature;
    Advice& one =
        say(AdviceKind::restrict_range,
            "{} is curved in ops: at {:.3g} ops the line {} by {:.3g} %{}; restrict the "
            "range of ops or fit one line per range, and do not extrapolate",
            source_.response, bend.largest_at,
            bend.largest.value > 0 ? "underestimates" : "overestimates",
            std::abs(100 * bend.largest.value),
            bend.of_median ? fmt::format(" of the median {}, and for small networks it is below 0",
                                         source_.response)
                           : "");
    one.value = 100 * bend.largest.value;
    one.target = bend.largest_at;
  }

  void spread() {
    const bool precise = criterion("cross-validated MAPE").standing == Standing::met;
    if (!precise && !bend_proven() && validation_.breusch_pagan &&
        validation_.breusch_pagan->p < 0.001) {
      const double p = validation_.breusch_pagan->p;
      say(AdviceKind::relative_weights,
          "the spread of {} changes with ops (Breusch-Pagan p {}): fit with weights "
          "1/y^2, which minimises relative errors",
          source_.response, p < 2e-16 ? "< 2e-16" : fmt::format("= {:.1e}", p))
          .value = p;
    }
    if (validation_.tails && validation_.tails->heavy && !validation_.whole_enumeration &&
        !outliers_decide() && !bend_proven()) {
      say(AdviceKind::heavy_tails,
          "some errors are much larger than the rest (kurtosis {:.3g}, 3 is normal), so that the "
          "interval of R^2 cannot be trusted",
          validation_.tails->kurtosis)
          .value = validation_.tails->kurtosis;
    }
    const bool narrow = validation_.ops_ratio && *validation_.ops_ratio < kNarrowRange;
    if (precise && leans_bad("R^2") && narrow) {
      say(AdviceKind::wider_range,
          "R^2 is low ({:.3g}) although errors are small ({:.3g} %): ops vary little in this "
          "sample "
          "({}){}",
          *criterion("R^2").value, *criterion("cross-validated MAPE").value,
          *validation_.ops_ratio < 1.1
              ? fmt::format("by {:.2g} %", 100 * (*validation_.ops_ratio - 1))
              : fmt::format("factor {:.2g}", *validation_.ops_ratio),
          wider())
          .value = *validation_.ops_ratio;
    }
  }

  void range() {
    const auto& large = validation_.extrapolations.to_large;
    if (verdict_.ruling == Ruling::not_valid || !large) return;
    if (large->errors.mape_percent <= thresholds_.mape_percent) return;
    say(AdviceKind::valid_range_only,
        "fitted to the smaller half of the networks the line misses the larger half by {:.3g} %: "
        "use the "
        "proxy from {:.3g} to {:.3g} ops only",
        large->errors.mape_percent, validation_.fit.x_min, validation_.fit.x_max)
        .value = large->errors.mape_percent;
  }

  void more_networks() {
    if (!source_.can_draw_more || validation_.whole_enumeration) return;
    for (const Criterion& one : verdict_.criteria) {
      if (one.standing != Standing::undecided || !one.value || !one.interval) continue;
      if (one.interval->low > one.threshold || one.interval->high < one.threshold) continue;
      decide(one);
    }
  }

  void decide(const Criterion& one) {
    const std::size_t most = kFarthestSample * validation_.distinct;
    if (!one.interval->contains(
            *one.value)) {  // a bootstrap interval of few networks can leave it out
      say(AdviceKind::more_networks, "{} is undecided: measure more networks", one.name);
      return;
    }
    const auto needed =
        rows_to_decide(validation_.distinct, *one.value, *one.interval, one.threshold);
    if (!needed) {
      say(AdviceKind::at_threshold, "{} is at its threshold: more networks will hardly decide it",
          one.name);
    } else if (*needed > most) {
      say(AdviceKind::more_networks, "{} is undecided: it takes more than {} networks to decide it",
          one.name, most);
    } else {
      say(AdviceKind::more_networks,
          "{} is undecided: about {} networks would decide it, if it stays at {:.3g}", one.name,
          *needed, *one.value)
          .target = static_cast<double>(*needed);
    }
  }

  const Verdict& verdict_;
  const ProxyValidation& validation_;
  const std::optional<SlopeDifference>& slopes_;
  const Thresholds& thresholds_;
  const SourceFacts& source_;
  std::vector<Advice> advice_;
};

}  // namespace

std::string sentence(const Criterion& criterion) {
  const std::string unit = criterion.unit.empty() ? "" : " " + criterion.unit;
  std::string text = criterion.name;
  if (!criterion.value) {
    text += " cannot be computed";
  } else {
    text += fmt::format(" is {:.4g}{}", *criterion.value, unit);
  }
  if (criterion.interval)
    text += fmt::format(" [{:.4g}, {:.4g}]", criterion.interval->low, criterion.interval->high);
  return fmt::format("{}; {} {:.4g}{} is required: {}", text,
                     criterion.direction == Direction::at_least ? "at least" : "at most",
                     criterion.threshold, unit, name_of(criterion.standing)) +
         (criterion.note.empty() ? "" : " (" + criterion.note + ")");
}

std::string sentence(const Advice& advice) {
  constexpr std::size_t kNamed = 5;
  std::string text = advice.text;
  for (std::size_t i = 0; i < std::min(kNamed, advice.rows.size()); ++i) {
    text += i == 0 ? (advice.rows.size() == 1 ? " (row " : " (rows ") : ", ";
    text += std::to_string(advice.rows[i] + 1);
  }
  if (advice.rows.size() > kNamed) text += fmt::format(" and {} more", advice.rows.size() - kNamed);
  return advice.rows.empty() ? text : text + ")";
}

bool mixed(const SourceFacts& source) {
  return source.repeats && source.repeats->source == KeySource::name &&
         source.repeats->contradictory();
}

std::string sentence(const RepeatSpread& spread) {
  return fmt::format(
      "rows of one name differ by {:.2g} % (standard deviation), their medians from the line by "
      "only {:.2g} %: they are not repeats of one measurement, and a median of them is not "
      "a value that was measured",
      spread.deviation_percent, spread.scatter_percent);
}

std::string question_about(const RepeatSpread& spread) {
  const bool named = spread.source == KeySource::name;
  return fmt::format(
      "rows of {} differ by a factor of {:.2g}{}: is there a column that separates them (board, "
      "runtime)? Select its rows",
      named ? "one name" : "the same ops", spread.factor,
      named ? "" : " and are taken for different networks");
}

const BudgetValidation* tightest_budget(const ProxyValidation& validation) {
  if (validation.budgets.empty()) return nullptr;
  return &*std::min_element(validation.budgets.begin(), validation.budgets.end(),
                            [](const auto& a, const auto& b) { return a.quantile < b.quantile; });
}

std::vector<Advice> advice_for(const Verdict& verdict, const ProxyValidation& validation,
                               const std::optional<SlopeDifference>& slopes,
                               const Thresholds& thresholds, const SourceFacts& source) {
  return Adviser(verdict, validation, slopes, thresholds, source).all();
}

}  // namespace opline::analysis
