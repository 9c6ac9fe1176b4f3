import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Prints one line per file and claim, and one indented line per broken rule. Run as a source file by verapdf.py. */
public class VeraPdf {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int i = 1; i < args.length; i++)
            for (String claim : args[0].split(",")) check(new File(args[i]), claim);
    }

    static void check(File file, String claim) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(claim);
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour)) {
            ValidationResult result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
            System.out.println(file + "\t" + claim + "\t" + (result.isCompliant() ? "passes" : "fails"));
            for (TestAssertion broken : result.getTestAssertions())
                System.out.println("\t" + broken.getRuleId().getClause() + " " + broken.getMessage());
        }
    }
}
