# Writes common_slope_data.csv and common_slope.csv: R's figures for tests/analysis/common_slope_test.cpp.
#   apt-get install -y --no-install-recommends r-base-core r-cran-sandwich
#   Rscript common_slope.R    (in this folder)
suppressMessages(library(sandwich))
sets <- list(
  iris = data.frame(group = as.character(iris$Species), x = iris$Sepal.Length, y = iris$Petal.Length),
  chicks = subset(data.frame(group = paste0("chick", ChickWeight$Chick), x = ChickWeight$Time, y = ChickWeight$weight),
                  group %in% c("chick1", "chick21", "chick35", "chick40")),
  cars = data.frame(group = paste0("cyl", mtcars$cyl), x = mtcars$disp, y = mtcars$mpg))
by <- sprintf("# common_slope.R, R %s, sandwich %s", getRversion(), packageVersion("sandwich"))
data <- file("common_slope_data.csv", "w"); out <- file("common_slope.csv", "w")
writeLines(c(paste(by, "- R's data sets"), "set,group,x,y"), data)
writeLines(c(by, "set,quantity,value"), out)
for (name in names(sets)) {
  d <- sets[[name]]
  writeLines(sprintf("%s,%s,%.17g,%.17g", name, d$group, d$x, d$y), data)
  put <- function(q, v) writeLines(sprintf("%s,%s,%.17g", name, q, v), out)
  full <- lm(y ~ group * x, d); slope <- lm(y ~ group + x, d); line <- lm(y ~ x, d)
  chow <- anova(line, full); ancova <- anova(slope, full)
  put("equal_slopes_f", ancova$F[2]); put("equal_slopes_p", ancova$`Pr(>F)`[2])
  put("equal_lines_f", chow$F[2]); put("equal_lines_p", chow$`Pr(>F)`[2])
  put("common_slope", coef(slope)["x"])
  put("common_hc3", sqrt(vcovHC(slope, "HC3")["x", "x"]))
  for (g in unique(d$group)) {
    one <- lm(y ~ x, d[d$group == g, ])
    put(paste0("slope_", g), coef(one)["x"]); put(paste0("hc3_", g), sqrt(vcovHC(one, "HC3")["x", "x"]))
  }
}
