# Writes residual_features.csv: R's figures for tests/analysis/residual_features_test.cpp, from diagnostics_data.csv.
#   apt-get install -y --no-install-recommends r-base-core r-cran-sandwich
#   Rscript residual_features.R    (in this folder)
# x1 stands for ops; features: x2, x1 x2 and 1 / x2.
suppressMessages(library(sandwich))
data <- read.csv("diagnostics_data.csv", comment.char = "#")
out <- file("residual_features.csv", "w")
writeLines(c(sprintf("# residual_features.R, R %s, sandwich %s", getRversion(), packageVersion("sandwich")),
             "set,quantity,row,value"), out)
for (name in c("mtcars", "stackloss", "trees")) {
  d <- subset(data, set == name)
  d$product <- d$x1 * d$x2; d$inverse <- 1 / d$x2
  put <- function(q, v) writeLines(sprintf("%s,%s,%d,%.17g", name, q, seq_along(v), v), out)
  features <- c("x2", "product", "inverse")
  rss <- function(columns) deviance(lm(reformulate(c("x1", columns), "y"), d))
  put("r_squared", summary(lm(y ~ x1, d))$r.squared)
  put("joint_r_squared", summary(lm(reformulate(c("x1", features), "y"), d))$r.squared)
  put("explained", 1 - rss(features) / rss(NULL))
  for (f in features) {
    fit <- lm(reformulate(c("x1", f), "y"), d)
    error <- sqrt(vcovHC(fit, "HC3")[f, f])
    scale <- 100 * diff(quantile(d[[f]], c(0.1, 0.9), names = FALSE)) / mean(d$y)
    put(f, c(1 - rss(f) / rss(NULL), 1 - rss(features) / rss(setdiff(features, f)), coef(fit)[f], error,
             scale * coef(fit)[f], scale * (coef(fit)[f] + c(-1, 1) * qt(0.975, fit$df.residual) * error)))
  }
}
