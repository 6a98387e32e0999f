#include "expression.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "elementary.hpp"

namespace postdict {

namespace {

std::size_t n_operands(Operation operation) {
    if (operation <= Operation::variable) return 0;
    if (operation <= Operation::sqrt) return 1;
    return operation == Operation::where ? 3 : 2;
}

template <class Function>
Values each_of(Values a, double* __restrict result, std::size_t n, Function function) {
    if (a.each == nullptr) return {nullptr, function(a.all)};
    for (std::size_t k = 0; k < n; ++k) result[k] = function(a.each[k]);
    return {result};
}

template <class Function>
Values each_of(Values a, Values b, double* __restrict result, std::size_t n, Function function) {
    if (a.each == nullptr && b.each == nullptr) return {nullptr, function(a.all, b.all)};
    if (a.each == nullptr) {
        for (std::size_t k = 0; k < n; ++k) result[k] = function(a.all, b.each[k]);
    } else if (b.each == nullptr) {
        for (std::size_t k = 0; k < n; ++k) result[k] = function(a.each[k], b.all);
    } else {
        for (std::size_t k = 0; k < n; ++k) result[k] = function(a.each[k], b.each[k]);
    }
    return {result};
}

Values chosen(Values condition, Values a, Values b, double* __restrict result, std::size_t n) {
    if (condition.each == nullptr) return condition.all != 0.0 ? a : b;
    for (std::size_t k = 0; k < n; ++k) result[k] = condition.each[k] != 0.0 ? a[k] : b[k];
    return {result};
}

Values of_one(Operation operation, Values a, double* result, std::size_t n) {
    switch (operation) {
        case Operation::negative:
            return each_of(a, result, n, [](double x) { return -x; });
        case Operation::abs:
            return each_of(a, result, n, [](double x) { return std::abs(x); });
        case Operation::exp:
            return each_of(a, result, n, [](double x) { return elementary::exp(x); });
        case Operation::log:
            return each_of(a, result, n, [](double x) { return elementary::log(x); });
        default:
            return each_of(a, result, n, [](double x) { return std::sqrt(x); });
    }
}

// min and max of a number and NaN are NaN.
Values of_two(Operation operation, Values a, Values b, double* result, std::size_t n) {
    const auto apply = [&](auto function) { return each_of(a, b, result, n, function); };
    const auto truth = [](bool holds) { return holds ? 1.0 : 0.0; };
    switch (operation) {
        case Operation::add:
            return apply([](double x, double y) { return x + y; });
        case Operation::subtract:
            return apply([](double x, double y) { return x - y; });
        case Operation::multiply:
            return apply([](double x, double y) { return x * y; });
        case Operation::divide:
            return apply([](double x, double y) { return x / y; });
        case Operation::power:
            return apply([](double x, double y) { return elementary::pow(x, y); });
        case Operation::less:
            return apply([=](double x, double y) { return truth(x < y); });
        case Operation::less_equal:
            return apply([=](double x, double y) { return truth(x <= y); });
        case Operation::greater:
            return apply([=](double x, double y) { return truth(x > y); });
        case Operation::greater_equal:
            return apply([=](double x, double y) { return truth(x >= y); });
        case Operation::equal:
            return apply([=](double x, double y) { return truth(x == y); });
        case Operation::not_equal:
            return apply([=](double x, double y) { return truth(x != y); });
        case Operation::min:
            return apply([](double x, double y) { return x <= y || x != x ? x : y; });
        default:
            return apply([](double x, double y) { return x >= y || x != x ? x : y; });
    }
}

}  // namespace

Expression::Expression(std::vector<ExpressionStep> steps, std::size_t n_variables)
    : steps_(std::move(steps)) {
    std::size_t depth = 0;
    for (const ExpressionStep& step : steps_) {
        if (depth < n_operands(step.operation))
            throw std::invalid_argument("an expression lacks an operand");
        if (step.operation == Operation::variable && step.variable >= n_variables)
            throw std::invalid_argument("an expression has a variable that is not there");
        depth += 1 - n_operands(step.operation);
    }
    if (depth != 1) throw std::invalid_argument("an expression must leave one value");
}

bool Expression::uses(std::size_t variable) const {
    return std::any_of(steps_.begin(), steps_.end(), [=](const ExpressionStep& step) {
        return step.operation == Operation::variable && step.variable == variable;
    });
}

Values Expression::evaluate(const std::vector<Values>& variables, std::size_t n,
                            Workspace& work) const {
    std::vector<Values>& stack = work.stack;
    stack.clear();
    if (work.results.size() < steps_.size() * block) work.results.resize(steps_.size() * block);
    for (std::size_t s = 0; s < steps_.size(); ++s) {
        const ExpressionStep& step = steps_[s];
        double* const result = work.results.data() + s * block;
        const auto operand = [&](std::size_t below) { return *(stack.end() - 1 - below); };
        Values found;
        switch (n_operands(step.operation)) {
            case 0:
                found = step.operation == Operation::constant ? Values{nullptr, step.constant}
                                                              : variables[step.variable];
                break;
            case 1:
                found = of_one(step.operation, operand(0), result, n);
                break;
            case 2:
                found = of_two(step.operation, operand(1), operand(0), result, n);
                break;
            default:
                found = chosen(operand(2), operand(1), operand(0), result, n);
        }
        stack.resize(stack.size() - n_operands(step.operation));
        stack.push_back(found);
    }
    return stack.back();
}

}  // namespace postdict
