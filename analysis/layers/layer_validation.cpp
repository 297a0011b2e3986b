#include "analysis/layers/layer_validation.h"
#include "analysis/numerics/insufficient_data.h"

#include <string_view>
#include <unordered_map>

#include "analysis/layers/layer_form.h"
#include "analysis/layers/ops_by_type.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/resampling/folds.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

using Predictions = std::vector<std::optional<double>>;
using Folds = std::vector<std::size_t>;

/// Errors of predictions, collected over repeats.
class Tally {
 public:
  void add(std::optional<double> predicted, double measured) {
    if (!predicted) {
      ++missing_;
      return;
    }
    predicted_.push_back(*predicted);
    measured_.push_back(measured);
  }
  [[nodiscard]] std::optional<RelativeErrors> errors() const {
    return relative_errors(predicted_, measured_);
  }
  [[nodiscard]] std::size_t missing() const { return missing_; }

 private:
  std::vector<double> predicted_, measured_;
  std::size_t missing_ = 0;
};

/// Predictions of networks, collected over repeats.
class NetworkTally {
 public:
  explicit NetworkTally(std::span<const double> measured)
      : measured_(measured), means_(measured.size(), 0.0) {}

  void add(const Predictions& predicted) {
    ++repeats_;
    for (std::size_t i = 0; i < measured_.size(); ++i) {
      tally_.add(predicted[i], measured_[i]);
      if (!predicted[i]) {
        means_[i].reset();
      } else if (means_[i]) {
        *means_[i] += *predicted[i];
      }
    }
  }

  /// Errors and predictions; nothing of layers.
  [[nodiscard]] HeldOutErrors result() && {
    for (std::optional<double>& mean : means_) {
      if (mean) *mean /= static_cast<double>(repeats_);
    }
    return {tally_.errors(), tally_.missing(), {}, 0, {}, false, std::move(means_)};
  }

 private:
  std::span<const double> measured_;
  Tally tally_;
  Predictions means_;
  std::size_t repeats_ = 0;
};

/// The networks' layers with numbers for their signatures.
class Data {
 public:
  Data(std::span<const LayerObservation> layers, std::span<const double> seconds,
       const LayerValidationOptions& options)
      : layers_(layers), seconds_(seconds), options_(options), signature_(layers.size()) {
    std::unordered_map<std::string_view, std::size_t> numbers;
    for (const LayerObservation& layer : layers) measured_ += layer.seconds ? 1 : 0;
    for (const bool known : {true, false}) {  // those with seconds first: their numbers are dealt
      for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].seconds.has_value() != known) continue;
        signature_[i] = numbers.try_emplace(layers[i].signature, numbers.size()).first->second;
      }
      if (known) signatures_ = numbers.size();
    }
    all_signatures_ = numbers.size();
    for (VariantRows& one : rows_by_variant(layers)) {
      if (one.rows.size() < 2) continue;
      const FormDesign form = form_design(layers, one.rows, options.layers);
      forms_.push_back({std::move(one.rows), HeldOutFits(form.design, form.seconds, form.weights)});
    }
  }

  [[nodiscard]] std::size_t measured() const { return measured_; }
  [[nodiscard]] std::size_t signatures() const { return signatures_; }

  /// Of each repeat's dealing of networks.
  [[nodiscard]] Folds network_folds(std::size_t repeat) const {
    return deal_folds(seconds_.size(), options_.folds, options_.seed, repeat);
  }

  /// A model on columns of networks.
  [[nodiscard]] HeldOutErrors judge(const Design& design) const {
    std::vector<double> weights;
    if (options_.networks == Weighting::relative) weights = relative_weights(seconds_);
    const HeldOutFits fits(design, seconds_, weights);
    NetworkTally tally(seconds_);
    for (std::size_t repeat = 0; repeat < options_.repeats; ++repeat)
      tally.add(fits.predictions(network_folds(repeat), options_.folds));
    return std::move(tally).result();
  }

  /// Each layer by the form of its variant that saw no layer of its fold; layers without seconds
  /// have none.
  [[nodiscard]] Predictions by_form(const Folds& fold) const {
    Predictions predicted(layers_.size());
    Folds some;
    for (const Form& form : forms_) {
      some.clear();
      for (const std::size_t row : form.rows) some.push_back(fold[row]);
      const Predictions of_form = form.fits.predictions(some, options_.folds);
      for (std::size_t i = 0; i < form.rows.size(); ++i) predicted[form.rows[i]] = of_form[i];
    }
    return predicted;
  }

  [[nodiscard]] Folds folds_of_layers(const Folds& of_network) const {
    Folds fold;
    for (const LayerObservation& layer : layers_) fold.push_back(of_network[layer.network]);
    return fold;
  }

  /// Each layer by the mean of its signature's layers in other folds.
  [[nodiscard]] Predictions by_table(const Folds& fold) const {
    struct Sum {
      double seconds = 0;
      std::size_t layers = 0;
    };
    std::vector<Sum> all(all_signatures_);
    std::vector<std::unordered_map<std::size_t, Sum>> inside(options_.folds);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!layers_[i].seconds) continue;
      for (Sum* sum : {&all[signature_[i]], &inside[fold[i]][signature_[i]]}) {
        sum->seconds += *layers_[i].seconds;
        ++sum->layers;
      }
    }
    Predictions predicted(layers_.size());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Sum& sum = all[signature_[i]];
      const auto hidden = inside[fold[i]].find(signature_[i]);
      const Sum none;
      const Sum& out = hidden == inside[fold[i]].end() ? none : hidden->second;
      if (sum.layers == out.layers) continue;
      predicted[i] = (sum.seconds - out.seconds) / static_cast<double>(sum.layers - out.layers);
    }
    return predicted;
  }

  /// Sums of layers against the networks' totals, and the layers themselves.
  void compare(const Predictions& predicted, NetworkTally& networks, Tally& layers) const {
    Predictions sums(seconds_.size(), 0.0);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      std::optional<double>& sum = sums[layers_[i].network];
      if (!predicted[i]) {
        sum.reset();
      } else if (sum) {
        *sum += *predicted[i];
      }
      if (layers_[i].seconds) layers.add(predicted[i], *layers_[i].seconds);
    }
    networks.add(sums);
  }

  [[nodiscard]] HeldOutErrors judge_layers(bool lookup) const {
    NetworkTally networks(seconds_);
    Tally single;
    std::size_t known = 0;
    for (std::size_t repeat = 0; repeat < options_.repeats; ++repeat) {
      const Folds fold = folds_of_layers(network_folds(repeat));
      Predictions predicted = by_form(fold);
      if (lookup) {
        const Predictions table = by_table(fold);
        for (std::size_t i = 0; i < table.size(); ++i) {
          if (!table[i]) continue;
          predicted[i] = table[i];
          ++known;
        }
      }
      compare(predicted, networks, single);
    }
    HeldOutErrors result = std::move(networks).result();
    result.layers = single.errors();
    result.layers_unpredicted = single.missing();
    if (lookup) {
      result.looked_up =
          static_cast<double>(known) / static_cast<double>(layers_.size() * options_.repeats);
    }
    return result;
  }

  /// Sums of the predicted layers against what these layers took.
  void judge_signatures(LayerValidation& result) const {
    Tally networks;
    Tally single;
    double inside = 0;
    double everything = 0;
    for (std::size_t repeat = 0; repeat < options_.repeats; ++repeat) {
      const Folds of_signature = deal_folds(signatures_, options_.folds, options_.seed, repeat);
      Folds fold;
      for (const std::size_t signature : signature_) {
        fold.push_back(signature < signatures_ ? of_signature[signature] : 0);
      }
      const Predictions predicted = by_form(fold);
      std::vector<double> sums(seconds_.size(), 0);
      std::vector<double> measured(seconds_.size(), 0);
      for (std::size_t i = 0; i < layers_.size(); ++i) {
        if (!layers_[i].seconds) continue;
        everything += *layers_[i].seconds;
        single.add(predicted[i], *layers_[i].seconds);
        if (!predicted[i]) continue;
        inside += *layers_[i].seconds;
        sums[layers_[i].network] += *predicted[i];
        measured[layers_[i].network] += *layers_[i].seconds;
      }
      for (std::size_t i = 0; i < sums.size(); ++i) {
        networks.add(measured[i] > 0 ? std::optional(sums[i]) : std::nullopt, measured[i]);
      }
    }
    result.by_signature = {
        networks.errors(), networks.missing(), single.errors(), single.missing(), {}, false};
    result.signature_share = inside / everything;
  }

 private:
  struct Form {
    std::vector<std::size_t> rows;
    HeldOutFits fits;
  };
  std::span<const LayerObservation> layers_;
  std::span<const double> seconds_;
  const LayerValidationOptions& options_;
  std::vector<std::size_t> signature_;  ///< Of each layer.
  std::size_t signatures_ = 0;          ///< Of layers with seconds.
  std::size_t all_signatures_ = 0;
  std::size_t measured_ = 0;
  std::vector<Form> forms_;
};

Design columns_of(std::span<const TypeColumn> columns, std::size_t networks, Intercept intercept) {
  Design design(networks, intercept);
  for (const TypeColumn& column : columns) design.add(column.name, column.ops);
  return design;
}

void judge_networks(const Data& data, std::span<const LayerObservation> layers,
                    std::size_t networks, Intercept intercept, LayerValidation& result) {
  const std::vector<TypeOps> types = ops_of_types(layers, networks);
  std::vector<double> ops(networks, 0);
  for (const TypeOps& type : types) {
    for (std::size_t i = 0; i < networks; ++i) ops[i] += type.ops[i];
  }
  const std::vector<TypeColumn> line{{"ops", {}, ops}};
  result.ops = data.judge(columns_of(line, networks, intercept));
  const TypeColumns by_type = independent_types(types, intercept);
  result.by_type = data.judge(columns_of(by_type.columns, networks, intercept));
}

}  // namespace

LayerValidation validate_layer_models(std::span<const LayerObservation> layers,
                                      std::span<const double> seconds,
                                      const LayerValidationOptions& options) {
  if (options.folds < 2 || options.repeats < 1) {
    throw Error(ErrorCode::input,
                "validation of layer models: {} folds, {} repeats; give at least 2 folds, 1 repeat",
                options.folds, options.repeats);
  }
  require_every_network("validation of layer models", layers, seconds.size());
  require_positive("validation of layer models", "seconds", seconds);
  const Data data(layers, seconds, options);
  LayerValidation result;
  result.signatures = data.signatures();
  if (seconds.size() >= options.folds) {
    judge_networks(data, layers, seconds.size(), options.intercept, result);
    if (data.measured() > 0) {
      result.per_layer = data.judge_layers(false);
      result.lookup = data.judge_layers(true);
    }
  }
  if (data.signatures() >= options.folds) data.judge_signatures(result);
  for (std::optional<HeldOutErrors>* one :
       {&result.per_layer, &result.lookup, &result.by_signature}) {
    if (*one) (*one)->by_construction = options.layers_by_construction;
  }
  return result;
}

Result<LayerValidation> try_validate_layer_models(std::span<const LayerObservation> layers,
                                                  std::span<const double> seconds,
                                                  const LayerValidationOptions& options) {
  return result_of([&] { return validate_layer_models(layers, seconds, options); });
}

}  // namespace opline::analysis
