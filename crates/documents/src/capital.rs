//! Amounts in Chinese capitals (大写金额), as the rules for filling in vouchers want them: 壹拾贰万叁仟肆佰伍拾陆元柒角捌分,
//! 整 after 元 or 角, 零 for the places that are left out.

use values::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// The amount in capitals.
#[must_use]
pub fn capital(amount: Fen) -> String {
    let sign = if amount.0 < 0 { "负" } else { "" };
    let fen = amount.0.unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut out = String::from(sign);
    if yuan > 0 {
        out.push_str(&whole(yuan));
        out.push('元');
    } else if jiao == 0 && fen == 0 {
        out.push_str("零元");
    }
    if jiao > 0 {
        // 壹仟零伍拾元零伍角: a 零 shows that the yuan end in nothing.
        if yuan > 0 && yuan % 10 == 0 {
            out.push('零');
        }
        out.push(digit(jiao));
        out.push('角');
    }
    if fen > 0 {
        if jiao == 0 && yuan > 0 {
            out.push('零');
        }
        out.push(digit(fen));
        out.push('分');
    } else {
        out.push('整');
    }
    out
}

fn digit(of: u64) -> char {
    usize::try_from(of % 10).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or('零')
}

/// A whole number above nothing, in groups of four places.
fn whole(mut number: u64) -> String {
    let mut groups = Vec::new();
    while number > 0 {
        groups.push(number % 10_000);
        number /= 10_000;
    }
    let mut out = String::new();
    let mut gap = false;
    for (group, name) in groups.iter().zip(GROUPS).rev() {
        if *group == 0 {
            gap = true;
            continue;
        }
        // A place is missing between this group and the one before.
        if !out.is_empty() && (gap || *group < 1_000) {
            out.push('零');
        }
        out.push_str(&four(*group));
        out.push_str(name);
        gap = false;
    }
    out
}

/// Up to four places.
fn four(group: u64) -> String {
    let mut out = String::new();
    let mut gap = false;
    for (place, name) in PLACES.iter().enumerate().rev() {
        let one = group / 10_u64.pow(u32::try_from(place).unwrap_or(0)) % 10;
        if one == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
        }
        out.push(digit(one));
        out.push_str(name);
        gap = false;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_a_bank_writes_them() {
        for (fen, words) in [
            (0, "零元整"),
            (1, "壹分"),
            (10, "壹角整"),
            (105, "壹元零伍分"),
            (100_000, "壹仟元整"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (10_700_053, "壹拾万柒仟元零伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (5_000_000_000, "伍仟万元整"),
            (12_345_678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
            (1_000_000_000_100, "壹佰亿零壹元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (20_010_000, "贰拾万零壹佰元整"),
        ] {
            assert_eq!(capital(Fen(fen)), words, "{fen}");
        }
    }
}
