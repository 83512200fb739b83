//! What is the same in many rows one after the other, such as the award year of a file: one entry for each run of rows.

/// Values of rows, by runs of equal ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs<T> {
    /// A value, and the row behind the last that has it.
    runs: Vec<(T, usize)>,
}

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self { runs: Vec::new() }
    }
}

impl<T: Copy + PartialEq> Runs<T> {
    /// Adds a row.
    pub fn push(&mut self, value: T) {
        let rows = self.len();
        match self.runs.last_mut() {
            Some((last, end)) if *last == value => *end += 1,
            _ => self.runs.push((value, rows + 1)),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |(_, end)| *end)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The value of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&T> {
        self.runs.get(self.runs.partition_point(|(_, end)| *end <= row)).map(|(value, _)| value)
    }

    /// The value of every row, where all have the same.
    #[must_use]
    pub fn one(&self) -> Option<T> {
        match self.runs.as_slice() {
            [(value, _)] => Some(*value),
            _ => None,
        }
    }

    /// The values row by row.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let starts = std::iter::once(0).chain(self.runs.iter().map(|(_, end)| *end));
        self.runs.iter().zip(starts).flat_map(|((value, end), start)| std::iter::repeat_n(value, end - start))
    }
}

impl<T: Copy + PartialEq> FromIterator<T> for Runs<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut runs = Self::default();
        values.into_iter().for_each(|value| runs.push(value));
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn runs_are_the_rows_they_were_made_of() {
        for rows in [vec![], vec![7], vec![7, 7, 7], vec![1, 2, 2, 1, 1, 3]] {
            let runs: Runs<i32> = rows.iter().copied().collect();
            assert_eq!(runs.iter().copied().collect::<Vec<_>>(), rows);
            assert_eq!(
                (0..=rows.len()).map(|row| runs.get(row).copied()).collect::<Vec<_>>(),
                (0..=rows.len()).map(|row| rows.get(row).copied()).collect::<Vec<_>>()
            );
            assert_eq!(runs.one(), rows.first().copied().filter(|first| rows.iter().all(|of| of == first)));
        }
    }
}
